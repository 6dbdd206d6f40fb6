"""The interactive shell on a real terminal."""

import os
import sys
from pathlib import Path

import pexpect


def test_the_prompt_says_who_where_and_that_it_is_simulated(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "TERM": "dumb"}
    environment.pop("AKSESS_SIM_STATE", None)
    arguments = ["-m", "aksess_sim", "shell", "--as", "cat", "--from", "51.7.7.7", "--network", "vnet-hub/shell"]
    bash = pexpect.spawn(sys.executable, arguments, env=environment, encoding="utf-8", timeout=10)
    bash.expect_exact("simulated Cloud Shell of cat, seen from 51.7.7.7 in vnet-hub/shell")
    prompt = "[simulated] cat@51.7.7.7:"
    bash.expect_exact(prompt)
    bash.sendline("echo at $ACC_CLOUD")
    bash.expect_exact("at PROD")
    bash.expect_exact(prompt)
    bash.sendintr()
    bash.expect_exact(prompt)
    bash.sendline("exit 5")
    bash.expect(pexpect.EOF)
    bash.close()
    assert bash.exitstatus == 5
