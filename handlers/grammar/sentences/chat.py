"""Small talk: greetings, thanks, laughter and the like, when a text is nothing else.

Called before anything is looked for in a message. A greeting in front of a request isn't small talk.
"""

from __future__ import annotations

import re
from typing import Literal

from handlers.grammar.sentences.lists import phrases, words

Talk = Literal["greeting", "thanks", "ok", "who", "help", "bye", "laugh", "praise", "complaint"]

_PHRASES: dict[Talk, str] = {
    "greeting": """
        halo, hallo, hai, hi, hey, hello, hello there, hi there, hey there, helo, hei, p, ping, permisi,
        assalamualaikum, assalamu'alaikum, asalamualaikum, ass wr wb, assalamualaikum wr wb, askum, salam,
        waalaikumsalam, pagi, siang, sore, malam, selamat pagi, selamat siang, selamat sore, selamat malam,
        met pagi, met siang, met malam, good morning, good afternoon, good evening, morning, evening, good
        day, test, tes, tes tes, apa kabar, gimana kabarnya, how are you, how are you doing, what's up, whats
        up, sup, yo, hiya, howdy, apa kabarnya, how's it going, hows it going, wassup, shalom, om swastiastu,
        👋, 🙋
    """,
    "thanks": """
        makasih, makasi, mksh, mksih, terima kasih, terimakasih, trims, trimakasih, tq, thx, thanks, thank
        you, thank u, ty, tks, thnx, makasih banyak, terima kasih banyak, thanks a lot, thank you so much,
        thanks so much, many thanks, thank you very much, nuhun, hatur nuhun, suwun, matur nuwun, matursuwun,
        cheers, thankyou, much appreciated, appreciate it, tengkyu, thanks again, 🙏
    """,
    "ok": """
        ok, oke, okay, okey, okeh, sip, siap, siip, noted, baik, baiklah, baik kak, oh gitu, oh begitu, gitu
        ya, paham, mengerti, ngerti, got it, understood, alright, all right, i see, roger, will do, cool,
        fine, okee, oh ok, oh oke, ok noted, 👍, 👌, ok sip, oke sip, sip oke, siap bos, ok siap, oke siap,
        right, k, kk, yaudah, ya udah, ya sudah, makes sense
    """,
    "who": """
        siapa kamu, kamu siapa, ini siapa, siapa ini, who are you, who is this, who's this, whos this, kamu
        bot, ini bot, apakah kamu bot, are you a bot, are you human, is this a bot, kamu robot, ini robot,
        kamu manusia, lu siapa, lo siapa, what are you, nama kamu siapa, siapa nama kamu, what's your name,
        whats your name, siapa namamu, namamu siapa, apakah ini bot, are you a robot, are you real, am i
        talking to a bot, anda siapa, siapa anda, ini dengan siapa
    """,
    "help": """
        help, help me, bantuan, tolong, bantu, bantu saya, bantuin, what can you do, kamu bisa apa, bisa apa,
        bisa apa aja, kamu bisa apa aja, bisa ngapain, bisa ngapain aja, gimana caranya, caranya gimana,
        gimana cara pakainya, cara pakai, cara pakainya gimana, how does this work, how do i use this, how
        does it work, bagaimana caranya, menu, how do you work, apa aja fiturnya, fiturnya apa aja, i need
        help, can you help me, can you help, please help, bisa bantu, bisa bantu saya, lu bisa apa, what do
        you do, apa yang bisa kamu lakukan, how to use, petunjuk, gimana pakainya
    """,
    "bye": """
        bye, dah, dadah, bye bye, goodbye, good bye, see you, see ya, cu, sampai jumpa, sampai nanti, good
        night, selamat tidur, selamat malam semua, dadaah, ttyl, see you later, later, talk later, see you
        tomorrow, sampai besok, night, gn, daah, bubye
    """,
    "laugh": """
        haha, hahaha, hehe, hihi, wkwk, wkwkwk, lol, lmao, rofl, xixi, kwkw, ngakak, hehehe, 😂, 🤣, 😆, 😄, 😅,
        huehue, awkwk
    """,
    "praise": """
        mantap, mantab, mantul, keren, bagus, hebat, top, good bot, good job, great, awesome, nice, perfect,
        excellent, amazing, well done, canggih, pinter, pintar, pinter banget, keren banget, mantap banget,
        bagus banget, nice one, nice work, great job, love it, brilliant, the best, joss, jos, gokil, oke
        banget, you're the best, youre the best, very good, hebat banget, cakep, 👏, 🔥, ❤, 💯, so cool, great
        work, kamu hebat, kamu pintar, love this, wow, sempurna, luar biasa, the best bot
    """,
    "complaint": """
        jelek, payah, bodoh, bego, goblok, tolol, parah, parah banget, bad bot, stupid, stupid bot, useless,
        you suck, this sucks, not working, doesn't work, doesnt work, it doesn't work, gak jelas, ga jelas,
        nggak jelas, gak guna, ga guna, lemot, lambat, lama banget, error, error terus, error mulu, lelet, kok
        lama, kok error, gak bisa, ga bisa, nggak bisa, ngaco, terrible, awful, so slow, too slow, this is
        broken, broken, annoying, nyebelin, kesel, bot bodoh, bot goblok, dumb bot, dumb, it's not working,
        its not working, you're useless, kecewa, mengecewakan, 😡, 👎, 😠, 🤬
    """,
}
_TABLE = {phrase: talk for talk, listed in _PHRASES.items() for phrase in phrases(listed)}
_ADDRESSES = words(
    """
    kak kakak min admin gan bos boss bro sis pak bu mas mbak mba bang juragan bot dong ya yaa nih deh sih kok
    lah semua semuanya banget all everyone there guys bapak ibu om tante so very much sir maam team ah eh oh
    sekali ka man mate dear friend buddy pals juga too again lagi iya yes yep yeah no
    """
)
_CALLS = words("kak kakak min admin gan bos boss bro sis juragan bot")
_LAUGH = re.compile(r"(?:w?k?(?:wk)+w?|a?(?:ha){2,}h?|(?:he){2,}h?|(?:hi){2,}h?|(?:xi){2,}|lo+l+|ha+h+a+|(?:kw)+k?)")
_JOINED_EMOJI = re.compile("[\ufe0f\u200d\U0001f3fb-\U0001f3ff\u2640\u2642]")
_EMOJI = re.compile("([\u2600-\u27bf\U0001f300-\U0001faff])")
_BLANKS = re.compile(r"[^\w'\u2600-\u27bf\U0001f300-\U0001faff]+")
_LONGEST = 120
_ORDER: tuple[Talk, ...] = ("complaint", "thanks", "help", "who", "bye", "praise", "greeting", "ok", "laugh")


def small_talk(text: str) -> Talk | None:
    """The kind of small talk that a text is, None where any of it is something else."""
    if len(text) > _LONGEST:
        return None
    words = _words(text)
    found = _cover(words)
    if not words or found is None:
        return None
    return next((talk for talk in _ORDER if talk in found), _lone_decoration(words))


def _words(text: str) -> list[str]:
    spoken = _JOINED_EMOJI.sub("", text.casefold().replace("’", "'"))
    spoken = re.sub(r"([^\W\d_])\1{2,}", r"\1", _EMOJI.sub(r" \1 ", spoken))
    return _BLANKS.sub(" ", spoken).split()


def _cover(words: list[str]) -> set[Talk] | None:
    """The kinds of small talk whose phrases together make up all the words; None where one is left over."""
    found: set[Talk] = set()
    at = 0
    while at < len(words):
        length = _phrase_length(words, at)
        if length:
            found.add(_TABLE[" ".join(words[at : at + length])])
        elif _LAUGH.fullmatch(words[at]):
            found.add("laugh")
        elif not (words[at] in _ADDRESSES or _EMOJI.fullmatch(words[at])):
            return None
        at += length or 1
    return found


def _phrase_length(words: list[str], at: int) -> int:
    """How many words from here on are the longest phrase of the table; 0 where none starts."""
    longest = min(6, len(words) - at)
    return next((count for count in range(longest, 0, -1) if " ".join(words[at : at + count]) in _TABLE), 0)


def _lone_decoration(words: list[str]) -> Talk | None:
    """`😊` alone is a friendly nod; `kak` alone calls for attention."""
    return "ok" if all(_EMOJI.fullmatch(word) for word in words) else "greeting" if set(words) <= _CALLS else None
