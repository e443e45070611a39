"""The owner sets bots up and tells them what to heed, by chat and in both languages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.assistant import chatbots, instructions
from services.db.models import AuditEntry, Chatbot, WhatsAppSession
from tests.conftest import Chat
from tests.conversations.book import ANI

STAFF = "12025550177"


def bots_of(chat: Chat) -> dict[str, Chatbot]:
    """The bots of the business by name."""
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        return {bot.name: bot for bot in chatbots.all_of(tx)}


@pytest.fixture
def shop(english: Chat) -> Chat:
    """A business with two bots; a stranger has one of the same name."""
    english.owner("bot new Siti", place=english.stranger)
    english.owner("bot new Siti")
    english.owner("bot new Mas Budi")
    return english


def test_an_only_bot_needs_no_name(english: Chat) -> None:
    assert "There is no bot yet" in english.owner("bots")
    assert english.owner("bot hours mon-fri 8-17") == (
        "Sunny Loans, hours: now Mon–Fri 8:00 AM–5:00 PM (before: always)"
    )
    assert english.owner("bot off") == (
        "Sunny Loans is now off.\nNo bot answers customers now. To change that: bot Sunny Loans on"
    )
    assert "None of them is on" in english.owner("bots")
    assert english.owner("bot off") == "Sunny Loans is off already."
    assert english.owner("bot on") == "Sunny Loans is now on."
    assert english.owner("bot rename Rina") == "Sunny Loans is now called Rina."
    assert "Rina is your only bot" in _confirmed(english, "bot remove")
    assert "hours 8-17" not in english.owner("bot hours always")
    assert english.owner("bots") == "Your bots:\n• *Rina*: on\nMore about one: bot Rina"


def _confirmed(chat: Chat, text: str) -> str:
    assert "*yes* or *no*" in chat.owner(text)
    return chat.owner("yes")


def test_of_several_bots_it_is_asked_which(shop: Chat) -> None:
    assert shop.owner("bot off") == "Which bot?\n1. Siti\n2. Mas Budi"
    assert shop.owner("mas budi") == "Mas Budi is now off."
    assert shop.understood is not None
    assert shop.understood["arguments"] == {"name": "Mas Budi", "setting": "off"}
    assert shop.owner("bot on MAS BUDI") == "Mas Budi is now on."
    assert "Left as it was" in shop.owner("bot Siti remove") + shop.owner("no")
    assert _confirmed(shop, "bot siti remove") == "Siti is removed."
    assert list(bots_of(shop)) == ["Mas Budi"]
    assert "There is no bot called “Siti”. Your bots: Mas Budi." in shop.owner("bot Siti on")
    assert "• *Siti*: on" in shop.owner("bots", place=shop.stranger).replace("aktif", "on")


def test_every_setting_is_echoed_kept_and_emptied(shop: Chat) -> None:
    heeded = "\nAn AI model heeds this once one is set up. Without one, I answer with the words that I was taught."
    for said, setting, value, before in (
        ("persona Kind,\nshort", "persona", "“Kind,\nshort”", "none"),
        ("language indonesia", "language", "Indonesian", "whatever the customer writes"),
        ("model gpt-4o-mini", "model", "gpt-4o-mini", "the usual one"),
        ("temperature 0,30", "temperature", "0.3", "the usual one"),
        ("hours every day 20-02", "hours", "daily 8:00 PM–2:00 AM", "always"),
        ("greeting Hi there!", "greeting", "“Hi there!”", "the usual one"),
        ("fallback = No idea.", "fallback", "“No idea.”", "the usual one"),
        ("number +1 202 555 0123", "number", "main (+12025550123)", "all numbers"),
        ("start words: order, Price  list, order", "start words", "order, Price list", "none"),
        ("for borrowers", "for", "borrowers", "everyone"),
        ("person words refund; komplain", "person words", "refund, komplain", "none"),
    ):
        with_model = heeded if setting in ("persona", "model", "temperature") else ""
        answer = shop.owner(f"bot siti {said}")
        assert answer == f"Siti, {setting}: now {value} (before: {before}){with_model}"
    siti = bots_of(shop)["Siti"]
    assert (siti.language, siti.hours) == ("id", [{"days": [0, 1, 2, 3, 4, 5, 6], "from": 1200, "to": 120}])
    assert siti.starts == {"who": "borrowers", "words": ["order", "Price list"]}
    assert shop.owner("bots").splitlines()[1] == (
        "• *Siti*: on, daily 8:00 PM–2:00 AM, for borrowers, when somebody says order, Price list,"
        " on main (+12025550123), in Indonesian, with gpt-4o-mini, not about refund, komplain"
    )
    assert "*greeting*: “Hi there!”" in shop.owner("bot Siti")
    assert shop.owner("bots siti") == shop.owner("bot Siti")
    assert shop.owner("bot Siti hours").startswith("Siti, hours: daily 8:00 PM–2:00 AM\nChange it with, for example:")
    for said in ("persona off", "language auto", "model -", "temperature off", "hours always", "greeting off",
                 "fallback -", "number all", "start words off", "for everyone", "person words off"):  # fmt: skip
        assert "(before: " in shop.owner(f"bot Siti {said}")
    assert "• *Siti*: on\n" in shop.owner("bots")
    assert shop.owner("bot Siti hours 24 jam") == "Siti, hours: always, as it was"
    assert _audited(shop) == 2 + 2 * 11


def _audited(chat: Chat) -> int:
    with chat.simulation.platform.opened.database.tenant(chat.tenant.tenant_id) as tx:
        found = tx.scalars(select(AuditEntry).where(AuditEntry.action.like("bot.%"))).all()
        assert {each.actor_role for each in found} == {"owner"}
        return len(found)


def test_what_cannot_be_is_refused_with_an_example(shop: Chat) -> None:
    for said, answer in (
        ("bot Sitti off", "There is no bot called “Sitti”. Your bots: Siti, Mas Budi."),
        ("bot Sitti", "no bot called “Sitti”"),
        ("bots Sitti", "no bot called “Sitti”"),
        ("bot Siti colour red", "• bot Siti hours mon-fri 8-17, sat 9-13"),
        ("bot Siti off tomorrow", "I don't know what “off tomorrow” means for Siti."),
        ("bot Siti temperature 3", "from 0 (always the same words) to 2 (very free).\nFor example: bot Siti temp"),
        ("bot Siti temperature warm", "from 0"),
        ("bot Siti temperature NaN", "from 0"),
        ("bot Siti hours sometimes", "I can't read these hours."),
        ("bot Siti language klingon", "I don't speak “klingon”"),
        ("bot Siti model gpt 4", "no blanks"),
        ("bot Siti number 0812", "Yours: main (+12025550123). Or: all"),
        ("bot Siti for cats", "everyone, customers, borrowers or new"),
        ("bot Siti start words ?!", "needs letters or digits"),
        (f"bot Siti persona {'x' * 1001}", "1,001 characters, and 1,000 fit"),
        ("bot Siti rename", "What shall it be called?"),
        ("bot Siti rename mas budi", "There is already a bot called Mas Budi."),
        ("bot new SITI", "There is already a bot called Siti."),
        ("bot new off", "“off” is a command's word"),
        ("bot new Jam Kerja", "is a command's word"),
        ("bot new bantuan", "is a command's word"),
        ("bot new X", "2 to 40 characters"),
    ):
        assert answer in shop.owner(said), said
    assert [(bot.name, bot.hours, bot.temperature) for bot in bots_of(shop).values()] == [
        ("Siti", None, None), ("Mas Budi", None, None),
    ]  # fmt: skip
    assert shop.owner("bot new") == "What shall the new bot be called? (for example Siti)"
    assert "The bot Rina is made and on" in shop.owner("Rina")


def test_a_bot_on_another_number(shop: Chat) -> None:
    with shop.simulation.platform.opened.database.tenant(shop.tenant.tenant_id) as tx:
        tx.add(
            WhatsAppSession(
                tenant_id=tx.tenant, name="branch two", phone="12025550199", state="new", desired_state="stopped",
                is_default=False, created_at=tx.now,
            )
        )  # fmt: skip
    assert "now branch two (+12025550199)" in shop.owner("bot Siti number Branch Two")
    assert "Yours: main (+12025550123), branch two (+12025550199)" in shop.owner("bot Siti number branch")


def test_in_indonesian(chat: Chat) -> None:
    assert chat.owner("BOT BARU Siti").startswith("Bot Siti sudah dibuat dan aktif")
    assert chat.owner("bot Siti jam kerja senin-jumat 8-17") == (
        "Siti, jam: sekarang Sen–Jum 08.00–17.00 (sebelumnya: setiap saat)"
    )
    assert chat.owner("bot siti untuk peminjam") == "Siti, untuk: sekarang peminjam (sebelumnya: semua orang)"
    assert chat.owner("bot kata orang refund, komplain").startswith("Siti, kata orang: sekarang refund, komplain")
    assert chat.owner("BOT MATI").startswith("Siti sekarang nonaktif.")
    assert chat.owner("daftar bot").splitlines()[1] == (
        "• *Siti*: nonaktif, Sen–Jum 08.00–17.00, untuk peminjam, bukan soal refund, komplain"
    )
    assert "Tidak ada bot bernama “Rina”. Bot Anda: Siti." in chat.owner("bot Rina aktif")
    assert chat.owner("INSTRUKSI sampai 25/12 promo 10%").splitlines()[0] == (
        "Dicatat. 1. semua bot, sampai Kam, 25 Des 2025: “promo 10%”"
    )
    assert "1. semua bot, sampai Kam, 25 Des 2025: “promo 10%”" in chat.owner("instruksi")
    assert chat.owner("instruksi hapus 1") == "Instruksi 1 sudah dihapus: “promo 10%”"
    assert "Belum ada instruksi" in chat.owner("daftar instruksi")


def test_instructions_by_chat(shop: Chat) -> None:
    shop.owner("instruct theirs alone", place=shop.stranger)
    for said, noted in (
        ("instruct we close at 3, Budi paid 500", "1. every bot: “we close at 3, Budi paid 500”"),
        ("instruct until friday we close at 3", "2. every bot, until Fri, 14 Feb 2025: “we close at 3”"),
        ("instruct Siti: be brief", "3. Siti: “be brief”"),
        ("instruct mas budi until friday: be kind", "4. Mas Budi, until Fri, 14 Feb 2025: “be kind”"),
        ("instruct from 20/12 to 31/12 ten off",
         "5. every bot, from Sat, 20 Dec 2025 to Wed, 31 Dec 2025: “ten off”"),
        ("instruct all: Siti is on leave", "6. every bot: “Siti is on leave”"),
    ):  # fmt: skip
        answer = shop.owner(said)
        assert answer.splitlines()[0] == f"Noted. {noted}"
        assert "An AI model heeds this once one is set up" in answer
        assert shop.command() == "instruct"
    assert "Nothing is open" in shop.owner("status")
    assert "Which day do you mean?\n1. " in shop.owner("instruct siti until 3/4 no discounts")
    assert "7. Siti, until Tue, 4 Mar 2025: “no discounts”" in shop.owner("2")
    assert shop.owner("instruct remove 3") == "Instruction 3 is gone: “be brief”"
    for said, answer in (
        ("instruct remove 3", "There is no instruction 3."),
        ("instruct remove", "Which one?"),
        ("instruct Siti", "What shall they heed?"),
        ("instruct until yesterday we close", "before it begins"),
        (f"instruct {'x' * 501}", "501 characters, and 500 fit"),
    ):
        assert answer in shop.owner(said), said
    assert [line.split(".")[0] for line in shop.owner("instruct").splitlines()[1:-1]] == ["1", "2", "4", "5", "6", "7"]
    with shop.simulation.platform.opened.database.tenant(shop.stranger.tenant_id) as tx:
        assert [each.body for each in instructions.listing(tx, tx.now.date())] == ["theirs alone"]


def test_who_may_only_book_may_look_and_customers_are_nobody(shop: Chat) -> None:
    assert "• *Siti*: on" in shop.owner("bots") + _staff(shop, "bots")
    assert "*Siti*: on" in _staff(shop, "bots Siti")
    for said in ("bot Siti off", "bot new Rina", "instruct be rude", "instruct remove 1"):
        assert "isn't allowed" in _staff(shop, said), said
        shop.say(said, ANI)
    assert [bot.active for bot in bots_of(shop).values()] == [True, True]
    assert "There are no instructions" in _staff(shop, "instructions")


def _staff(chat: Chat, text: str) -> str:
    return "\n".join(sent.text for sent in chat.say(text, f"staff:{STAFF}") if sent.to == STAFF)
