"""The grammar has no conflicts, each of its rules has its node, and every form of the language is read."""

from collections.abc import Callable

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.syntax import logic, sections, tree
from protocol_dsl.syntax.build import CLASSES, SPECIAL, WORDS
from protocol_dsl.syntax.parse import parse, parse_condition
from protocol_dsl.syntax.tables import RESERVED, build, parser

# Bases and enumerations of nodes that no rule makes by itself: another node's builder does.
MADE_INSIDE = {
    "node",
    "word",
    "case",
    "choice",
    "multiple",
    "note",
    "reading",
    "row",
    "header_line",
    "item_type",
    "clause",
    "bound",
    "used",
    "judged",
    "text",
    "section",
    "banding",
    "band",
}


def rule_names() -> set[str]:
    """The names under which the parser hands over what it has found."""
    return {
        str(name).rpartition("__")[2]
        for rule in parser().rules
        for name in [rule.alias or rule.origin.name]
        if not (name.startswith("_") or (rule.options.expand1 and rule.alias is None))
    }


def test_the_grammar_has_no_conflict_and_no_two_terminals_collide() -> None:
    assert build(strict=True).rules


def test_every_rule_makes_a_node() -> None:
    assert rule_names() - set(CLASSES) - set(SPECIAL) - set(WORDS) == set()


def test_every_node_is_made_by_a_rule() -> None:
    assert set(CLASSES) - rule_names() - MADE_INSIDE == set()


def test_every_special_case_belongs_to_a_rule() -> None:
    assert (set(SPECIAL) | set(WORDS)) - rule_names() == set()


CONDITIONS = {
    # comparison
    "anc at least 1.5 10*9/L": tree.Compares,
    "anc more than 1.5 10*9/L": tree.Compares,
    "anc at most 1.5 x 10^9/L": tree.Compares,
    "anc less than 1500 /uL": tree.Compares,
    "anc is at least 1.5 10*9/L": tree.Compares,
    "anc >= 1.5 10*9/L": tree.Compares,
    "anc ≤ 1.5 10*9/L": tree.Compares,
    "age is between 1 year and 21 years": tree.Between,
    # membership
    "stage is iv": tree.Equals,
    "stage = iv": tree.Equals,
    "stage is not iv": tree.Differs,
    "stage ≠ iv": tree.Differs,
    "diagnosis is one of aml, mds": tree.OneOf,
    "diagnosis is not one of aml, mds": tree.NotOneOf,
    "terms includes fever": tree.IncludesAny,
    "terms includes any of fever, chills": tree.IncludesAny,
    "terms includes all of fever, chills": tree.IncludesAll,
    "drug is in cyp3a4_strong": tree.InSet,
    "drug is not in cyp3a4_strong": tree.NotInSet,
    # limits of the record
    "alt at most 2.5 x ULN": tree.Compares,
    "alt at most ULN": tree.Compares,
    "alt at least 1 x LLN": tree.Compares,
    "creatinine at most 1.5 x baseline": tree.Compares,
    "each of ast, alt at most 3 x ULN": logic.EachOf,
    "either of ast, alt more than 3 x ULN": logic.EitherOf,
    # windows
    "scan is within 28 days before enrolment": tree.InWindow,
    "scan is within 28 days of enrolment": tree.InWindow,
    "scan is on or before first_dose": tree.InWindow,
    "scan is on or after first_dose": tree.InWindow,
    "scan is from 3 days before to 14 days after infusion": tree.InWindow,
    "scan is from consent to infusion": tree.InWindow,
    "consent is before enrolment": tree.Beside,
    "death is after date of last_scan": tree.Beside,
    # intervals
    "last_surgery is at least 28 days before enrolment": tree.Distance,
    "last_surgery less than 28 days before enrolment": tree.Distance,
    "last_dose is less than the longer of 21 days and 5 * half_life before first_dose": tree.Distance,
    # repeated values
    "latest anc at least 1": tree.Compares,
    "first anc at least 1": tree.Compares,
    "highest anc at least 1": tree.Compares,
    "lowest anc at least 1": tree.Compares,
    "mean of last 3 qtcf at most 470 ms": tree.Compares,
    "mean of qtcf within 14 days before first_dose at most 470 ms": tree.Compares,
    "every anc within 7 days before enrolment at least 1": logic.EveryReading,
    "any anc within 7 days before enrolment less than 1": logic.AnyReading,
    "no anc within 7 days before enrolment less than 1": logic.NoReading,
    "every anc at least 1": logic.EveryReading,
    "2 consecutive qtc, at least 1 week apart, more than 470 ms": logic.Consecutive,
    "2 consecutive qtc more than 470 ms": logic.Consecutive,
    "latest anc within 3 days before cycle_2 at least 1": tree.Compares,
    "date of platelets is after last_transfusion": tree.Beside,
    # events
    "any e where (grade at least 3)": logic.AnyEvent,
    "no e where (grade at least 3)": logic.NoEvent,
    "no e": logic.NoEvent,
    "every e where (grade at least 3) has (attributed)": logic.EveryEvent,
    "every e has (attributed)": logic.EveryEvent,
    "count of e where (grade is 5) at least 2": tree.Compares,
    "count of e within 28 days before enrolment at least 2": tree.Compares,
    "count of e where (grade is 5 and attributed) over all patients at least 2": tree.Compares,
    "lasts more than 72 hours": logic.Lasts,
    "lasts at least 3 days counting both days": logic.Lasts,
    "ongoing at enrolment": logic.OngoingAt,
    "taken within 14 days before first_dose": logic.Taken,
    "taken from 3 days before to 14 days after infusion": logic.Taken,
    "followed through day 27": logic.Followed,
    # logic
    "a and b and c": logic.Conjunction,
    "a or b": logic.Disjunction,
    "not a": logic.Negation,
    "not a and b": logic.Conjunction,
    "(a or b) and not (c or d)": logic.Conjunction,
    "a": tree.Name,
    # what is known
    "known hiv is positive": logic.Known,
    "known hepatitis_b": logic.Known,
    "anc is recorded": tree.Recorded,
    "anc is not recorded": tree.NotRecorded,
    # attested absence
    "last_transplant is never": tree.Equals,
    "lesions is none": tree.Equals,
    # judgement
    "judged by investigator": logic.JudgedBy,
    'judged "other active inflammation"': logic.JudgedLeaf,
    # expressions
    "0.413 * height / creatinine at least 60": tree.Compares,
    "a + b - c at most 3": tree.Compares,
    "(latest anc within 3 days before enrolment) / 2 at least 1": tree.Compares,
    "the shorter of a and b at least 3 days": tree.Compares,
    "the larger of a + b and c at least 3": tree.Compares,
    "completed years from birth_date to enrolment at least 18 years": tree.Compares,
    "time from birth_date to enrolment at most 18 years": tree.Compares,
    "time from birth_date to enrolment, rounding down at most 18 years": tree.Compares,
    "egfr by bedside_schwartz with height, creatinine at least 60": tree.Compares,
    "death is 2026-03-01": tree.Equals,
    "death is 2026-03": tree.Equals,
    "dose at least -1": tree.Compares,
    "temperature more than 38.0 Cel": tree.Compares,
    "factor_viii at least 40 [IU]/dL": tree.Compares,
    "score more than 3.0e6": tree.Compares,
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_read(text: str) -> None:
    node, problems = parse_condition(Source("line", text))
    assert problems == ()
    said = node.predicate if isinstance(node, logic.Comparison) else node
    assert type(said) is CONDITIONS[text]


ENTRIES = {
    "protocol": [
        "language 1",
        'title "A trial"',
        "version 2.0 effective 2026-03-01",
        "version 2.0-rc1",
        "amends 1.1",
        "phase 1",
        "phase 1b/2",
        'sponsor "A hospital"',
        'registry "NCT00000000"',
        "uses ctcae 5.0, ucum",
        "uses library organ_function, ctcae 5.0",
        'title "A trial"\n        source "page 1"\n        assumed because "it is short"\n        note "so it says"',
        'incomplete "criteria 5 on are not public"',
    ],
    "moments": [
        "consent",
        'enrolment "study entry" after consent, at most 28 days',
        "enrolment after consent, at least 1 day, at most 28 days",
        'infusion "first NK infusion" is day 0',
        "infusion is day -1",
        "each_infusion is every dose of nk_cells",
        "start is first dose of nk_cells after enrolment",
    ],
    "data": [
        "birth_date : date; required",
        "seen_at : time",
        'gilbert "Gilbert\'s syndrome" : yes/no',
        "sex : one of female, male",
        "symptoms : any of fever, chills",
        "lansky : number",
        "weight : number in kg; plausible 2 to 200; recorded to 0.1; latest, valid for 7 days",
        "creatinine : number in mg/dL; of creatinine; with ULN and LLN; baseline latest before infusion",
        "alt : number in U/L; with LLN; valid for 7 days",
        "ast : number in U/L; with ULN; mean of last 3",
        "lesions : count",
        "worst : grade",
        "survival : duration",
        "remark : text",
        'events : list of adverse_event; complete to last_visit because "seen at every visit"',
        "doses : list of dose; complete within 14 days",
        "stable : yes/no; judged by investigator",
    ],
    "record adverse_event": ["term : text", "grade : grade"],
    "define": [
        "age is completed years from birth_date to enrolment",
        'egfr "Schwartz" in mL/min with height in cm, creatinine in mg/dL is 0.413 * height / creatinine',
        "egfr by schwartz in mL/min with height in cm is 0.413 * height",
        "bmi is weight / height / height rounded to 0.1",
        "performance is\n        lansky when age less than 16 years\n        karnofsky otherwise",
        'washout is by table\n        | class | weeks |\n        | a     | 6     |\n        note "of the label"',
        'set strong "strong inhibitors" version 2023-08 is ketoconazole, itraconazole',
        'set strong from "cyp3a4.csv" version 2023-08\n        source "the agency"',
    ],
    "inclusion at enrolment when part is mad": [
        'I1 "Age"\n        age at least 1 year\n        source "section 5.1 item 1"',
        "I1\n        judged by investigator",
        'I7 renamed from I05 "Age"\n        age at least 1 year',
        "I1\n        all of\n            - a\n            - any of\n                - b\n                - c",
        "I1\n        at least 2 of\n            - a\n            - b\n            - c",
        'E1\n        none of\n            - a\n                if missing ask\n                note "2"',
        "E1\n        applies when sex is female\n        pregnant\n        unless sterile",
        "E1\n        applies when any of\n            - a\n            - b\n        pregnant",
        "E1\n        a\n        if missing ask",
        'E1\n        a\n        if missing treat as met because "they are rare"',
        'E1\n        a\n        if missing or not done or refused treat as not met because "they are rare"',
        "E1\n        a\n        if missing or pending or unreadable ask",
        'E1\n        a\n        assumed because "the neighbour trial says so"',
    ],
    "exclusion at enrolment": ["E02a\n        a"],
    'gate "Before each infusion" at each_infusion': ["G1\n        a"],
    "doses of nk_cells in cells/kg": [
        '| level | nk_cells |\n    | -1 | 1.0e6 |\n        source "section 4"\n    | 7b | 3.0e6 |',
        "start at level 1",
        'never skip a level\n        assumed because "as usual"',
    ],
    "doses of a, b": ["| level | a | b |"],
    "dlt": [
        "window from infusion through day 27",
        "attributed possible, probable, definite",
        "T1\n        grade at least 4 and not haematological\n        unless term is fever",
        "T2\n        any e where (grade is 3)",
        "evaluable when followed through day 27 or had_dlt",
        "replace patients who are not evaluable",
    ],
    "escalation by table": [
        "cohort of 3, up to 6 per level",
        "decide, exactly one row applies\n        | treated | then |\n        | 3 | escalate |",
        "mtd is highest level with 6 treated and at most 1 dlt",
    ],
    'escalation by design "korn six"': ["cohort of 3"],
    "stopping": ["S1\n        count of e at least 2\n        then stop trial and review"],
    "always": [
        "A1\n        eligible implies age at least 1 year",
        "A2\n        recommended implies dlts at most 1",
        "A3\n        never escalate when with_dlt * 3 >= treated",
        "A3\n        never de-escalate when with_dlt is 0",
        "A4\n        dose rises by at most 1 level",
        "A5\n        stops within 30 evaluable patients",
    ],
    'example "a girl of 8"': [
        'like "another girl"',
        "given birth_date = 2018-05-02, weight = 26 kg",
        "given alt = 31 U/L (ULN 40, LLN 7) on 2026-05-30 and 33 U/L on 2026-05-31",
        "given anc = missing",
        "given anc = missing because not done",
        "given anc = below 0.1 10*9/L, dsa = above 20000",
        "given symptoms = (fever, chills)",
        "given I3 = not met, I4 = met",
        'given judged "other inflammation" = met',
        "given adverse_events complete to 2026-05-01",
        "given adverse_events = none",
        "given adverse_events\n        | term | grade |\n        | fever | 2 |",
        "as of 2026-05-30",
        "then eligible",
        "then undetermined because E5",
    ],
    'cohort example "one in three"': ['given history = "1NNN 2NNT"', "then treat 3 more"],
    'grading "Anemia" low': [
        "of haemoglobin",
        "tests HGB, hemoglobin",
        "si in g/L\n        | grade | when | also |\n        | 3 | value less than 8 | |\n        | 0 | otherwise | |",
        "in any unit\n        | grade | when |\n        | 1 | value more than 2 x ULN and baseline_flag is high |",
        'note "of the blood"',
    ],
}


@pytest.mark.parametrize(("head", "entry"), [(head, entry) for head, entries in ENTRIES.items() for entry in entries])
def test_an_entry_is_read(head: str, entry: str) -> None:
    opening = "" if head == "protocol" else 'protocol "P"\n\n'
    title = 'protocol "P"' if head == "protocol" else head
    parsed = parse(Source("file", f"{opening}{title}\n    {entry}\n"))
    assert parsed.problems == ()
    section = parsed.file.sections[-1]
    assert len(section.entries) + len(section.notes) >= 1
    assert section.whole


HEADS = [*[head for head in ENTRIES if head != "protocol"], "record dose adds amount : number in mg"]


@pytest.mark.parametrize("head", HEADS)
def test_a_section_may_be_empty(head: str) -> None:
    parsed = parse(Source("file", f'protocol "P"\n\n{head}\n'))
    assert (parsed.problems, len(parsed.file.sections)) == ((), 2)


def test_a_library_is_a_file_of_its_own() -> None:
    parsed = parse(Source("file", 'library "organ function"\n    language 1\n'))
    assert (parsed.problems, type(parsed.file.sections[0].head)) == ((), sections.LibraryHead)


@pytest.mark.parametrize("kind", ["conduct", "schedule"])
def test_what_later_editions_bring_keeps_its_place(kind: str) -> None:
    text = f'protocol "P"\n\n{kind}\n    whatever: it (may hold\n        | a row\n\ninclusion\n    I1\n        a\n'
    parsed = parse(Source("file", text))
    assert parsed.problems == ()
    assert [type(section.head) for section in parsed.file.sections] == [
        sections.ProtocolHead,
        sections.LaterHead,
        sections.CriteriaHead,
    ]


def accepted_after(start: str, text: str) -> set[str]:
    """The words that may follow a beginning, as the parser's tables have them."""
    engine = parser().parse_interactive(text, start=start)
    engine.exhaust_lexer()
    words = {one.name: one.pattern.value for one in parser().terminals if one.pattern.type == "str"}
    accepts: Callable[[], set[str]] = engine.accepts
    return {words[name] for name in accepts() if name in words and words[name].isalpha()}


def test_no_value_can_be_taken_for_a_word_of_the_language() -> None:
    """What may follow `is` or a value is a word of the language only; three words keep a second life elsewhere."""
    found = (
        accepted_after("condition", "a is") | accepted_after("condition", "a is b") | accepted_after("condition", "a")
    )
    limits = {"ULN", "LLN"}  # no name has capital letters
    assert found - RESERVED - limits == {"ctcae", "date", "time"}


def test_no_name_can_begin_a_condition_by_accident() -> None:
    for word in accepted_after("condition", "") - RESERVED - {"ULN", "LLN"}:
        problems = parse(Source("file", f'protocol "P"\n\ndata\n    {word} : yes/no\n')).problems
        assert [problem.code for problem in problems] == ["PD025"], word


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_no_name(word: str) -> None:
    problems = parse(Source("file", f'protocol "P"\n\ndata\n    {word} : yes/no\n')).problems
    assert [problem.code for problem in problems] == ["PD025"]


@pytest.mark.parametrize(
    "condition", ["a isb", "a is b andc", "notanc", "a atleast 3", "a at least 3x", "date ofa is b"]
)
def test_words_stand_apart(condition: str) -> None:
    node, _ = parse_condition(Source("line", condition))
    assert node is None or condition == "notanc"
