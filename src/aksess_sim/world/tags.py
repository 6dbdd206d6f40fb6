"""What ARM demands of the tags of anything; pure.

Source: ARM docs tag-resources (50 tags, 512 and 256 characters). The codes of the refusals are not documented.
"""

from typing import Any

from aksess_sim.world.refusals import Refused

Body = dict[str, Any]


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
