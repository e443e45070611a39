"""What loading the library does to a process: nothing that others notice."""

from __future__ import annotations

import subprocess
import sys


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)


def test_loading_it_leaves_logging_alone() -> None:
    done = run("""
import logging
from bot.transports.neonize import library
root = logging.getLogger()
assert root.handlers == [] and root.level == logging.WARNING, (root.handlers, root.level)
heard = []
class Ours(logging.Handler):
    def emit(self, record): heard.append(record.getMessage())
root.addHandler(Ours())
logging.getLogger("whatsmeow.Client").warning("hello")
assert heard == ["hello"]
""")
    assert done.stderr == ""


def test_handlers_that_were_there_stay() -> None:
    run("""
import logging, sys
handler = logging.StreamHandler(sys.stdout)
logging.basicConfig(level=logging.ERROR, handlers=[handler])
from bot.transports.neonize import library
root = logging.getLogger()
assert root.handlers == [handler] and root.level == logging.ERROR
""")


def test_nothing_is_loaded_for_the_words_alone() -> None:
    run("""
import sys
from bot.transports.neonize import failures, quiet, store, terms
assert "neonize" not in sys.modules
""")


def test_standard_output_can_be_kept_clean() -> None:
    done = run("""
import os
from bot.transports.neonize.quiet import quiet_stdout
print("before")
quiet_stdout()
os.write(1, b"from the library\\n")
print("after")
""")
    assert done.stdout == "before\n"
    assert "from the library" not in done.stderr and "after" not in done.stderr


def test_a_number_isnt_stopped_by_its_predecessors_end() -> None:
    run("""
import gc
import neonize.client
from bot.transports.neonize import library
stopped = []
class Played:
    def Stop(self, uuid): stopped.append(uuid)
neonize.client.gocode = Played()
old = library.resumed("x.db", "628111", 1)
library.retire(old)
del old
gc.collect()
assert stopped == []
""")
