"""A chat in the terminal: Juragan tried without a phone, as the owner, a borrower or a stranger."""

from __future__ import annotations

import select
import sys
from datetime import timedelta

import click

from bot.protocol import BadLineError, read_duration
from bot.simulation import Place, Simulation, Speech
from services.clock import VirtualClock
from services.phone import normalise_phone

HELP = """\
  /as owner               write as the owner
  /as 628123456789 Budi   write as somebody else, from their own phone
  /wait 3d                let time pass
  /quit                   leave; everything is kept"""


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
        click.echo("  Budi pinjam 500rb 2 minggu        (Budi borrowed 500,000 for two weeks)")
        click.echo("  siapa yang utang?                 (who owes me?)\n  bantuan                           (help)")
        click.echo(click.style(HELP + "\n", dim=True))
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
                click.echo(HELP)
            case _:
                self._simulation.say(self._place, Speech(self._speaker, line, name=self._name))
        return True

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
            click.echo(f"  Here time is real; scripts/simulate can skip {max(by, timedelta(seconds=1))}.")

    def _show(self) -> None:
        for sent in self._simulation.sent:
            mine = sent.to == self._speaker
            to = "" if mine else click.style(f"[to {sent.to}] ", fg="yellow")
            text = sent.text.replace("\n", "\n      ")
            click.echo(click.style("    ⟵ ", fg="green") + to + text)
        self._simulation.sent.clear()
