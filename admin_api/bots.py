"""A business's bots and what they are told to heed: the same services that its commands in the chat use."""

from __future__ import annotations

from datetime import date

from flask import Response

from admin_api.access import require_role, require_subscription
from admin_api.edge import actor, edge
from admin_api.lists import order
from admin_api.replies import ok, paged
from admin_api.routing import Family
from admin_api.shapes import Answer, Paged
from admin_api.shown_assistant import (
    BotPath,
    BotSettings,
    BotShown,
    BotsWanted,
    InstructionPath,
    InstructionShown,
    InstructionsWanted,
    NewBot,
    NewInstruction,
)
from admin_api.tenancy import tenant
from services.assistant import bot_lists, bot_values, chatbots, instructions
from services.clock import local_date

family = Family("bots", "Bots", "What answers customers, and what it is told to heed.", "/api/v1/bots")


@family.get("", Paged[BotShown])
@require_role("read_only", "bots:read")
def list_bots(query: BotsWanted) -> Response:
    """The bots of the business."""
    by = order(bot_lists.BOT_COLUMNS, query.sort, "number")
    with edge().db.tenant(tenant().id) as tx:
        rows, total = bot_lists.listed(
            tx, active=query.active, q=query.q, order=by, offset=query.offset, limit=query.per_page
        )
    return paged([BotShown.of(bot, number) for bot, number in rows], total, query.page, query.per_page)


@family.post("", Answer[BotShown], 201)
@require_role("manager", "bots:write")
@require_subscription
def create_bot(body: NewBot) -> Response:
    """Makes a bot."""
    given = body.given()
    with edge().db.tenant(tenant().id) as tx:
        bot_values.check_name(body.name)
        made = chatbots.create(tx, actor(), body.name)
        changes = bot_values.columns(tx, made, {name: value for name, value in given.items() if name != "name"})
        chatbots.change(tx, actor(), made, **changes)
        return ok(BotShown.of(*bot_lists.one(tx, made.id)), 201)


@family.get("/<string:id>", Answer[BotShown])
@require_role("read_only", "bots:read")
def show_bot(path: BotPath) -> Response:
    """One bot."""
    with edge().db.tenant(tenant().id) as tx:
        return ok(BotShown.of(*bot_lists.one(tx, path.id)))


@family.patch("/<string:id>", Answer[BotShown])
@require_role("manager", "bots:write")
@require_subscription
def change_bot(path: BotPath, body: BotSettings) -> Response:
    """Changes settings of a bot, all of those that are given or none."""
    with edge().db.tenant(tenant().id) as tx:
        bot_lists.alone(tx)
        bot, _number = bot_lists.one(tx, path.id, lock=True)
        chatbots.change(tx, actor(), bot, **bot_values.columns(tx, bot, body.given()))
        return ok(BotShown.of(*bot_lists.one(tx, path.id)))


@family.delete("/<string:id>", Answer[BotShown])
@require_role("manager", "bots:write")
@require_subscription
def remove_bot(path: BotPath) -> Response:
    """Takes a bot away for good; what it alone was taught isn't used any more. The last one stays."""
    with edge().db.tenant(tenant().id) as tx:
        bot_lists.alone(tx)
        bot, number = bot_lists.one(tx, path.id, lock=True)
        chatbots.remove(tx, actor(), bot)
        return ok(BotShown.of(bot, number))


@family.get("/<string:id>/instructions", Paged[InstructionShown])
@require_role("read_only", "bots:read")
def list_instructions(path: BotPath, query: InstructionsWanted) -> Response:
    """What a bot has to heed now or later: its own instructions, and those for every bot."""
    by, today = order(bot_lists.INSTRUCTION_COLUMNS, query.sort, "number"), _today()
    with edge().db.tenant(tenant().id) as tx:
        bot, _number = bot_lists.one(tx, path.id)
        rows, total = bot_lists.instructions(tx, bot, today, by, query.offset, query.per_page)
    return paged(InstructionShown.all_of(rows), total, query.page, query.per_page)


@family.post("/<string:id>/instructions", Answer[InstructionShown], 201)
@require_role("manager", "bots:write")
@require_subscription
def add_instruction(path: BotPath, body: NewInstruction) -> Response:
    """Tells a bot, or with `forAll` every one, what to heed."""
    with edge().db.tenant(tenant().id) as tx:
        bot, _number = bot_lists.one(tx, path.id)
        made = instructions.add(
            tx, actor(), body.text, today=_today(), bot=None if body.for_all else bot, starts_on=body.from_,
            ends_on=body.until,
        )  # fmt: skip
        return ok(InstructionShown.of(made), 201)


@family.delete("/<string:id>/instructions/<string:instructionId>", Answer[InstructionShown])
@require_role("manager", "bots:write")
@require_subscription
def remove_instruction(path: InstructionPath) -> Response:
    """Takes an instruction away; one for every bot is taken from all of them."""
    with edge().db.tenant(tenant().id) as tx:
        bot, _number = bot_lists.one(tx, path.id)
        number = bot_lists.instruction_number(tx, bot, path.instruction_id)
        return ok(InstructionShown.of(instructions.remove(tx, actor(), number)))


def _today() -> date:
    return local_date(edge().db.clock.now(), tenant().timezone)
