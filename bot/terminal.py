"""A chat in the terminal: Juragan tried without a phone, as the owner, a borrower or a stranger."""

from __future__ import annotations

import select
import sys

import click

from bot.protocol import BadLineError, read_duration
from bot.simulation import Place, Simulation, Speech
from services.clock import VirtualClock
from services.phone import normalise_phone

HELP = """\
  /as owner               write as the owner
  /as 628123456789 Budi   write as somebody else, from their own phone
  /quit                   leave; everything is kept"""
WAIT_HELP = "\n  /wait 3d                let time pass"

_EXAMPLES = {
    "id": ("Budi pinjam 500rb 2 minggu", "siapa yang utang?", "bantuan"),
    "en": ("Budi borrowed 500 for 2 weeks", "who owes me?", "help"),
}


class TerminalChat:
    """Reads lines from a person and shows what everybody receives."""

    def __init__(self, simulation: Simulation, place: Place, business: str) -> None:
        self._simulation = simulation
        self._place = place
        self._business = business
        self._speaker, self._name = "owner", business

    def run(self) -> None:
        """Chats until the person leaves."""
        click.echo(f"\nYou are the owner of {click.style(self._business, bold=True)}. Just write, for example:")
        for example in _EXAMPLES.get(self._place.language, _EXAMPLES["en"]):
            click.echo(f"  {example}")
        click.echo(click.style(f"\n{self._help()}\n", dim=True))
        while (line := self._next_line()) is not None:
            if not self._obey(line.strip()):
                return
            self._show()

    def _next_line(self) -> str | None:
        """The next line that is typed; answers that come meanwhile are shown as they come."""
        click.echo(click.style(f"{self._who()} > ", fg="cyan", bold=True), nl=False)
        while not select.select([sys.stdin], [], [], 0.3)[0]:
            if not isinstance(self._simulation.clock, VirtualClock):
                self._simulation.settle()
                if self._simulation.sent:
                    click.echo()
                    self._show()
                    click.echo(click.style(f"{self._who()} > ", fg="cyan", bold=True), nl=False)
        line = sys.stdin.readline()
        return line or None

    def _who(self) -> str:
        return "owner" if self._speaker == "owner" else f"{self._name} ({self._speaker})"

    def _obey(self, line: str) -> bool:
        """Does what the line says; False when it says to leave."""
        command, _, rest = line.partition(" ")
        match command:
            case "":
                return True
            case "/quit" | "/exit":
                return False
            case "/as":
                self._become(rest.split(maxsplit=1))
            case "/wait":
                self._wait(rest)
            case _ if command.startswith("/"):
                click.echo(self._help())
            case _:
                self._simulation.say(self._place, Speech(self._speaker, line, name=self._name))
        return True

    def _help(self) -> str:
        return HELP + (WAIT_HELP if isinstance(self._simulation.clock, VirtualClock) else "")

    def _become(self, words: list[str]) -> None:
        if words == ["owner"]:
            self._speaker, self._name = "owner", self._business
            return
        number = normalise_phone(words[0], self._place.country) if words else None
        if number is None:
            click.echo("  /as owner, or /as 628123456789 Budi")
            return
        self._speaker = number.removeprefix("+")
        self._name = words[1] if len(words) > 1 else self._speaker

    def _wait(self, how_long: str) -> None:
        try:
            by = read_duration(how_long)
        except BadLineError as bad:
            click.echo(f"  {bad}")
            return
        if isinstance(self._simulation.clock, VirtualClock):
            self._simulation.advance(by)
        else:
            click.echo("  Here time is real; scripts/simulate has a clock that can be moved.")

    def _show(self) -> None:
        for sent in self._simulation.sent:
            mine = sent.to == self._speaker
            to = "" if mine else click.style(f"[to {sent.to}] ", fg="yellow")
            text = sent.text.replace("\n", "\n      ")
            click.echo(click.style("    ⟵ ", fg="green") + to + text)
        self._simulation.sent.clear()
