"""The three catalogues say the same things, each in its own language, and the program asks for no word that is not there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import zhanggui
from zhanggui.i18n import LOCALES, catalogue, has, topics

SOURCE = Path(zhanggui.__file__).parent
CODE = {path.relative_to(SOURCE): path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}
ERRORS = "Refused|BadFile|BadValue|NotUnderstood|Unanswerable|WorkspaceError|Busy|Broken|UserError|ZhangguiError"
# Characters that are frequent in shops and that differ between the two ways of writing.
TRADITIONAL = (
    "這個們來時對說會過後還給點開關東車長門問間見現貨單價錢總實際類顯數據訂買賣退換發運費額營銷轉網頁條評標經營"
)
SIMPLIFIED = (
    "这个们来时对说会过后还给点开关东车长门问间见现货单价钱总实际类显数据订买卖退换发运费额营销转网页条评标经营"
)
PAIRS = [(t, s) for t, s in zip(TRADITIONAL, SIMPLIFIED, strict=True) if t != s]
# Words of the other side that may stand in a text: names of menus and files of platforms that are written in Simplified Chinese.
QUOTED = re.compile(r"「[^」]*」|“[^”]*”|生意[參参][謀谋]")


def placeholders(text: str) -> set[str]:
    return {field.split(".")[0].split("[")[0] for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_every_locale_has_the_same_topics():
    for locale in LOCALES:
        assert {path.stem for path in (SOURCE / "i18n" / locale).glob("*.toml")} == set(topics())


@pytest.mark.parametrize("topic", topics())
def test_every_locale_has_the_same_keys_with_the_same_placeholders(topic):
    source = catalogue("zh-Hant", topic)
    assert source
    for locale in LOCALES:
        texts = catalogue(locale, topic)
        assert set(texts) == set(source), f"{locale}/{topic}"
        for key, text in texts.items():
            assert placeholders(text) == placeholders(source[key]), f"{locale}/{topic}: {key}"
            assert text.strip(), f"{locale}/{topic}: {key} is empty"


@pytest.mark.parametrize("topic", topics())
def test_neither_chinese_is_a_mix_of_both(topic):
    for key, text in catalogue("zh-Hant", topic).items():
        said = QUOTED.sub("", text)
        assert not [s for _, s in PAIRS if s in said], f"{topic}.{key} is written in Simplified characters: {text}"
    for key, text in catalogue("zh-Hans", topic).items():
        said = QUOTED.sub("", text)
        assert not [t for t, _ in PAIRS if t in said], f"{topic}.{key} is written in Traditional characters: {text}"


def test_english_has_no_chinese_letters_but_the_names_of_things():
    chinese = re.compile(r"[\u3400-\u9fff]{9,}")
    for topic in topics():
        for key, text in catalogue("en", topic).items():
            assert not chinese.search(text), f"{topic}.{key}: {text}"


def test_every_key_that_the_program_names_exists():
    names = "|".join(topics())
    literal = re.compile(rf"""(?:text|say|Words|has)\(\s*"((?:{names})\.[a-z0-9_.]+)\"""")
    found = {(str(path), key) for path, code in CODE.items() for key in literal.findall(code)}
    assert len(found) > 50
    assert not [(path, key) for path, key in found if not has(key, "zh-Hant")]


def test_every_help_text_exists():
    names = {
        name
        for path, code in CODE.items()
        if path.parts[0] == "cli"
        for name in re.findall(r'help_text\("(\w+)"\)', code)
    }
    assert len(names) > 30
    assert not [name for name in names if not has(f"cli.help.{name}", "zh-Hant")]


def test_every_error_that_is_raised_has_its_words():
    raised = re.compile(rf'(?:{ERRORS})\(\s*"([a-z_]+)\.([a-z0-9_.]+)"')
    found = {(str(path), *pair) for path, code in CODE.items() for pair in raised.findall(code)}
    assert len(found) > 20
    missing = [where for where in found if not has(f"{where[1]}.error.{where[2]}", "zh-Hant")]
    assert not missing
