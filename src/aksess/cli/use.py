"""aksess use: keep a cluster as the default, so that it need not be named again."""

import json
import os
import tempfile
from pathlib import Path

import click

from aksess.cli.options import cluster_options
from aksess.cli.running import App
from aksess.cli.work import at_work
from aksess.session import ClusterName
from aksess.settings import read_settings_file, settings_file


@click.command("use")
@cluster_options
@click.option("--clear", is_flag=True, help="Forget the default.")
@click.pass_obj
async def command(app: App, *, cluster: ClusterName, clear: bool) -> int:
    """Keep a cluster as the default (after looking that it exists); without a name, print the default."""
    path = settings_file(app.console.environment)
    kept = read_settings_file(path)
    if clear:
        kept.pop("cluster", None)
        write_settings(path, kept)
        app.console.done("no default cluster any more")
    elif cluster.name is None and cluster.group is None:
        app.console.data(kept.get("cluster", ""))
    else:
        async with at_work(app) as session:
            found = (await session.cluster(await session.find(cluster))).id
            write_settings(path, {**kept, "cluster": str(found)})
            app.console.done(f"{found.name} in {found.group} is the default now")
    return 0


def write_settings(path: Path, kept: dict[str, str]) -> None:
    """Whole or not at all, readable by its owner."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=1)
    Path(temporary).replace(path)
