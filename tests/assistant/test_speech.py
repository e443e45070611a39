"""Recordings: how long they are, and which transcripts hold words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assistant.speech import MAX_WORDS, Note, length, spoken
from services.messaging.media import check
from tests.conversations.recordings import opus, wav

NOISE = (
    "", "  ", "...", "…", "♪♪", "[Music]", "(musik)", "[BLANK_AUDIO]", "you", "You.", "Hmm.", "Uh",
    "Terima kasih telah menonton!", "Terima kasih sudah menonton video ini.", "Thanks for watching", "subscribe",
    "Thank you so much for watching this video!", "Jangan lupa like, comment dan subscribe.", "www.mooji.org",
    "Terima kasih telah menonton! Sampai jumpa di video selanjutnya.", "Subtitles by the Amara.org community",
    "Sub Indo by broth3rmax", "Please subscribe to my channel.", "ご視聴ありがとうございました",
)  # fmt: skip
WORDS = (
    "Budi bayar 500 ribu", "stop", "ya", "Terima kasih.", "thank you", "500", "saya mau nonton", "you too",
    "Terima kasih telah menonton. Budi bayar 500", "ada musik?", "unsubscribe", "qaStaH nuq", "字幕", "🙏 ya",
)  # fmt: skip


@pytest.mark.parametrize("transcript", NOISE)
def test_what_models_imagine_in_silence_is_nothing(transcript: str) -> None:
    assert spoken(transcript) == ""


@pytest.mark.parametrize("transcript", WORDS)
def test_words_stay_as_they_are(transcript: str) -> None:
    assert spoken(transcript) == transcript


def test_a_transcript_is_one_line_of_a_bearable_length() -> None:
    assert spoken(" Budi\n\tbayar\x00 500\u2028 ") == "Budi bayar 500"
    assert len(spoken("kata " * 20_000)) == MAX_WORDS


@given(st.text(max_size=300))
def test_any_transcript_can_be_kept(transcript: str) -> None:
    assert spoken(spoken(transcript)) == spoken(transcript)
    assert "\n" not in spoken(transcript)


@pytest.mark.parametrize("seconds", [1, 7, 61])
def test_the_length_is_read_from_the_file(seconds: int) -> None:
    for content, mime in ((opus(seconds), "audio/ogg"), (wav(seconds), "audio/wav")):
        assert check(content, mime, max_bytes=1 << 20).mime == mime
        assert length(content) == seconds


BEGINNINGS = (b"", b"OggS", opus(2), wav(1), b"ID3\x03", b"\0\0\0\x18ftypM4A ", b"RIFF")


@settings(max_examples=50)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200))
def test_a_broken_file_has_no_length_and_breaks_nothing(begin: bytes, rest: bytes) -> None:
    for content in (begin[: len(rest)] + rest, begin[: len(begin) // 2] + rest, rest):
        found = length(content)
        assert found is None or found > 0


def test_only_what_is_known_is_kept() -> None:
    assert Note("ya", seconds=3, language="id").kept() == {"seconds": 3, "language": "id"}
    assert Note(problem="long", seconds=1200).kept() == {"problem": "long", "seconds": 1200}
