"""What ARM demands of a deployment request, its template's shape and its parameters, before it reads them; pure.

Source: ARM template reference (parameters, types).
"""

from typing import Any

from aksess_sim.world.deploying.expressions import is_expression
from aksess_sim.world.refusals import Refused

Body = dict[str, Any]

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "securestring": str,
    "int": int,
    "bool": bool,
    "object": dict,
    "secureobject": dict,
    "array": list,
}


def check_template(sent: Body) -> None:
    """A deployment request: a template of the right shape, and parameters that fit it. Raises Refused."""
    properties = sent.get("properties")
    if not isinstance(properties, dict):
        raise Refused("InvalidRequestContent", "The request content was invalid: `properties` is missing.")
    if properties.get("mode", "Incremental") not in ("Incremental", "Complete"):
        raise Refused("InvalidRequestContent", f"The deployment mode `{properties['mode']}` is not known.")
    template = properties.get("template")
    if not isinstance(template, dict):
        raise _invalid("no `template` in the request; this world follows no template links")
    for key in ("$schema", "contentVersion"):
        if not isinstance(template.get(key), str):
            raise _invalid(f"the template must have `{key}`")
    if "resources" not in template:
        raise _invalid("the template must have `resources`")
    if template["resources"] and properties.get("mode") == "Complete":
        raise _invalid("this simulated world deploys resources in the mode Incremental only")
    _check_parameters(template.get("parameters") or {}, properties.get("parameters") or {})


def _check_parameters(declared: Body, given: Body) -> None:
    strangers = [name for name in given if name not in declared]
    if strangers:
        raise _invalid(
            f"the template parameters '{', '.join(strangers)}' in the parameters file are not valid; they are not "
            "present in the original template and can therefore not be provided at deployment time"
        )
    for name, rule in declared.items():
        if name not in given and "defaultValue" not in rule:
            raise _invalid(f"the value for the template parameter '{name}' is not provided")
        wanted = _TYPES.get(str(rule.get("type", "")).lower())
        value = given[name].get("value") if name in given else rule["defaultValue"]
        if wanted is None:
            raise _invalid(f"the template parameter '{name}' has no known type")
        if name not in given and is_expression(value):
            continue
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise _invalid(f"the value of template parameter '{name}' is not of type {rule['type']}")
        if rule.get("allowedValues") and value not in rule["allowedValues"]:
            allowed = ", ".join(map(str, rule["allowedValues"]))
            raise _invalid(f"the value of template parameter '{name}' is not part of the allowed values '{allowed}'")


def _invalid(reason: str) -> Refused:
    return Refused("InvalidTemplate", f"Deployment template validation failed: '{reason}'.")
