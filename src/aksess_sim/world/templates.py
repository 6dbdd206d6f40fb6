"""What ARM demands of a template, its parameters and tags before it deploys anything; pure.

Sources: ARM template reference (parameters, types), ARM docs tag-resources (50 tags, 512 and 256 characters). The codes
of tag refusals are not documented.
"""

from typing import Any

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
    """A deployment request: a template without resources, and parameters that fit it. Raises Refused."""
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
    if template["resources"]:
        raise _invalid("this simulated world deploys no resources, only templates with an empty `resources` list")
    _check_parameters(template.get("parameters") or {}, properties.get("parameters") or {})


def check_tags(tags: Body) -> None:
    """Tags of any resource. Raises Refused."""
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise Refused("InvalidRequestContent", "Tags must be an object of strings.")
    if len(tags) > 50:
        raise Refused("TooManyTags", f"{len(tags)} tags were given, a resource can have 50.")
    if len({name.lower() for name in tags}) < len(tags):
        raise Refused("InvalidTagName", "Two tag names differ in case only.")
    for name, value in tags.items():
        if not name or len(name) > 512 or set(name) & set("<>%&\\?/"):
            raise Refused("InvalidTagName", f"The tag name `{name[:60]}` is too long or has a forbidden character.")
        if len(value) > 256:
            raise Refused("InvalidTagValue", f"The value of tag `{name}` has {len(value)} characters, 256 is most.")


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
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise _invalid(f"the value of template parameter '{name}' is not of type {rule['type']}")


def _invalid(reason: str) -> Refused:
    return Refused("InvalidTemplate", f"Deployment template validation failed: '{reason}'.")
