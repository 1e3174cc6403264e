"""The forms of the language in lines from which small protocols are drawn, and words that are easily mistaken."""

# What stands in `<angles>` is drawn from the lines of that name, and what stands in `[a|b]` is one of these.
LINES = {
    "cmp": "at least\nat most\nmore than\nless than",
    "days": "7 days\n14 days\n28 days\n4 weeks\n15 days\n1 week\n27 days",
    "anchor": """
        enrolment
        enrolment
        enrolment
        first_dose
        consent
        2026-06-01
        2026-05-04
        scan
        last_chemo
        date of anc
        """,
    "window": """
        within <days> [before|after|of] <anchor>
        on or [before|after] <anchor>
        from [3|4] days before to [14|13] days after <anchor>
        within [3 months|1 year] before <anchor>, rounding [down|up]
        from enrolment to first_dose
        """,
    "anc": "1 10*9/L\n1.5 10*9/L\n1500 /uL\n2 10*9/L\n0.5 10*9/L\n1.1 10*9/L\nlimit",
    "series": """
        \n; latest\n; latest, valid for 7 days\n; latest, valid for 14 days\n; valid for 7 days
        ; highest\n; lowest, valid for 7 days\n; mean of last 2\n; mean of\n; first, valid for 14 days
        """,
    "fresh": "\n; latest\n; latest, valid for 7 days\n; latest, valid for 14 days",
    "done": '\n; complete within 14 days\n; complete to last_visit because "visits"',
    "moments": """
        enrolment is day 1
        consent/enrolment after consent, at most 28 days/first_dose is day 1 after enrolment
        consent/enrolment after consent, at least 2 days/first_dose is day 1 after enrolment, at most 7 days
        enrolment is day 1/first_dose is first dose of abc
        """,
    "policy": """
        if missing[| or not done| or refused] treat as [met|not met] because "p"
        if missing ask
        """,
    "medication": """
        drug is [ketoconazole|aspirin]
        drug is in blockers
        drug is one of ketoconazole, itraconazole
        drug is not in strong
        class is steroid
        ongoing at enrolment
        taken within [14|13] days before [enrolment|scan]
        taken from 3 days before to 14 days after enrolment
        start is within 28 days before enrolment\nend is at least 14 days before enrolment\nend is ongoing
        start is on or after [2026-05-01|scan]\nlasts more than 72 hours\nlasts at least 3 days counting both days
        start is before date of anc\nstart is at least 7 days before scan
        """,
    "adverse_event": """
        grade [at least 3|is 2|more than 2]\nterm is [fever|rash]\nterm is one of fever, rash\nserious\nhaematological
        attributed is one of possible, probable\nongoing at enrolment\nlasts [more than 72 hours|at least 3 days]
        start is within 28 days before enrolment
        outcome is recovered
        end is on or after enrolment
        at grade 3 for at least 3 days
        """,
    "procedure": """
        name is surgery
        class is major
        date is within 28 days before enrolment
        date is less than 14 days before enrolment
        date is on or after scan
        """,
    "leaf": """
        age <cmp> [18|65|17|12] years
        age is between 18 years and [65|17|75] years
        months_old <cmp> [6|216|12|300] months
        lived <cmp> [18|1] years
        birth_date is <cmp> 18 years before enrolment, rounding [down|up]
        sex is female
        stage is[| not] one of [i, ii|iv|i, ii, iii|iii, iv]
        stage is [|not ][i|iv]
        symptoms includes [fever|any of fever, chills|all of fever, chills]
        symptoms includes [any|all] of fever, chills, rash, pain, [cough|itch]
        diabetes[| is no]
        fit
        judged "other disease"
        anc <cmp> <anc>
        anc <cmp> <anc>
        anc is between 1 10*9/L and [1.5|2|1] 10*9/L
        anc is [|not ]1.5 10*9/L
        alt <cmp> [2.5 x ULN|3 x ULN|100 U/L|40 U/L|3 x baseline|1.5 x baseline|ULN]
        [each|either] of ast, alt <cmp> [3|2.5] x ULN
        alt is between LLN and 1.5 x ULN
        the [larger|smaller] of ast and alt <cmp> [100|120] U/L
        ast / alt <cmp> 2
        creatinine <cmp> [1 mg/dL|88.4 umol/L|1.5 mg/dL|creatinine_limit|1.5 x ULN]
        egfr <cmp> [60|59] mL/min/{1.73_m2}
        weight <cmp> [50 kg|10 kg|50000 g]
        bmi <cmp> [18|18.5] kg/m2
        root <cmp> [7|7.1]
        half <cmp> [20|30]
        score <cmp> [60|70|40]
        prior_lines <cmp> [1|2|3]
        prior_lines is [one of 1, 2|not 0|not 2]
        rash_grade <cmp> [1|2|3]
        qtc <cmp> [470|450] ms
        score + prior_lines <cmp> 62
        ctcae grade of potassium as hypokalemia <cmp> [1|3]
        [scan|scan|last_chemo|date of anc|first_dose|seen|birth_date] is <window>
        [scan|last_chemo|date of anc|first_dose|seen] is <cmp> <days> [before|after] <anchor>
        [scan|last_chemo|date of anc|first_dose|seen] is <cmp> <days> [before|after] <anchor>
        [scan|last_chemo|seen] is [before|after] <anchor>
        scan is [on or after|before|on or before|after] [2024-01-01|2023-01-01|2024-01-02]
        scan is [|not ]one of 2026-05-01, 2026-05-04
        last_chemo is never
        last_chemo <cmp> the [longer|shorter] of 21 days and 5 * half_life before enrolment
        last_chemo is <cmp> wait before enrolment
        scan is <cmp> [6|7] months before enrolment, rounding [down|up]
        half_life <cmp> <days>
        time from [consent|scan] to enrolment <cmp> <days>
        first_dose is <cmp> [3|4] days after enrolment
        enrolment is on or after 2026-0[5|6]-01
        hobby is [|not ]one of chess, [diving|go|something_else]
        risk is [high|low|not high|one of high, middle]
        recent_scan
        fit_adult
        [latest|first|highest|lowest|mean of|mean of last 2] anc <cmp> <anc>
        [latest|first|highest|lowest|mean of|mean of last 2] anc <window> <cmp> <anc>
        (latest qtc <window>) <cmp> 470 ms
        [every|any|no] anc [|<window>] <cmp> <anc>
        2 consecutive qtc[|, at least 1 week apart,] <cmp> 470 ms
        any [2|3] qtc <cmp> 470 ms
        any anc less than 1 10*9/L for more than <days>
        [any|no] ctcae grade of potassium as hypokalemia at least 3
        any anc less than 1 10*9/L together with any qtc on the same day <cmp> 470 ms
        [any|no|no] <search>
        [any|no|no] <search>
        [any|no|no] <search>
        no medications
        every medications where (<medication>) has (<medication>)
        count of <search> <cmp> [1|2]
        count of <search> within 28 days before enrolment <cmp> 1
        any 2 <search>
        any 2 procedures where (name is surgery) on separate days within 7 days
        level is [2|one of 1, 2] and entry <cmp> 2
        part is expansion
        known [stage is iv|diabetes|sex is female|anc at least 1 10*9/L|symptoms includes fever]
        """,
    "search": """
        medications where (<medication>)\nmedications where (<medication> [and|or] <medication>)
        adverse_events where (<adverse_event>)\nadverse_events where (<adverse_event> and <adverse_event>)
        procedures where (<procedure>)\nprocedures where (not (<procedure>))
        """,
    "rule": "<leaf>\n<leaf>\n<leaf>\nnot (<leaf>)\n(<leaf>) [and|or] (<leaf>)",
}
DATA = {
    "birth_date": "date",
    "sex": "one of female, male",
    "stage": "one of i, ii, iii, iv[||; latest, valid for 7 days]",
    "symptoms": "any of fever, chills, rash, pain, cough, itch[|; latest]",
    "diabetes": "yes/no[|; latest, valid for 14 days]",
    "fit": "yes/no; judged by investigator",
    "anc": "number in 10*9/L[|; plausible 0 to 50|; plausible 0 to 50; recorded to 0.1]<series>",
    "alt": "number in U/L; with ULN and LLN; plausible 1 to 4000<fresh>; baseline latest before enrolment",
    "ast": "number in U/L; with ULN; plausible 0 to 4000<fresh>",
    "creatinine": "number in mg/dL; of creatinine; plausible 0.1 to 20<fresh>; with ULN",
    "weight": "number in kg; plausible 2 to 300<fresh>",
    "height": "number in cm; plausible 40 to 230; latest",
    "score": "number; plausible 0 to 100<fresh>",
    "prior_lines": "count[|; plausible 0 to 9]",
    "rash_grade": "grade",
    "qtc": "number in ms; plausible 200 to 800<series>",
    "potassium": "number in mmol/L; of potassium; with LLN; plausible 1 to 9<fresh>",
    "scan": "date[|; latest]",
    "last_chemo": "date",
    "half_life": "duration",
    "seen": "time",
    "hobby": "text",
    "medications": "list of medication<done>",
    "adverse_events": "list of adverse_event<done>",
    "procedures": "list of procedure<done>",
    "doses_given": "list of dose",
    "last_visit": "date",
}
DEFINED = """
age is completed years from birth_date to enrolment
months_old is completed months from birth_date to enrolment
lived is time from birth_date to enrolment, rounding down
bmi in kg/m2 is weight / (height * height) rounded to 0.1
recent_scan is scan is within 28 days before enrolment
fit_adult is age at least 18 years and not diabetes
risk is/    high when stage is iv/    middle when age at least 60 years/    low otherwise
limit in 10*9/L is/    1.5 10*9/L when sex is female/    1 10*9/L when stage is iv/    2 10*9/L otherwise
wait is/    14 days when stage is i/    28 days otherwise
creatinine_limit in mg/dL is by table/    | age in years | limit |/    | under 16 | 1 |/    | 16 or more | 1.7 |
egfr in mL/min/{1.73_m2} with height in cm, creatinine in mg/dL is 0.413 * height / creatinine
root with score is square root of score rounded to 0.1
half is score / 2/    valid when stage is not iv
set blockers version 1 is clarithromycin, ketoconazole
set strong version 1 is ketoconazole, itraconazole
"""
SWAPS = """
at least|more than
at most|less than
at least|at most
more than|less than
before|after
and|or
any|no
every|any
rounding down|rounding up
latest|first
latest|highest
highest|lowest
mean of last 2|mean of
enrolment|first_dose
enrolment|consent
female|male
ULN|LLN
is not|is
larger|smaller
longer|shorter
each of|either of
fever|chills
cough|itch
drug|class
start|end
28 days|4 weeks
14 days|2 weeks
1.5 10*9/L|1500 /uL
1 mg/dL|88.4 umol/L
2024-01-01|2024-01-02
2024-01-01|2023-01-01
met|not met
on or before|before
on or after|after
medications|procedures
ketoconazole|itraconazole
in blockers|in strong
one of female, male|one of female, male, other
counting both days|
known|
not|
7 days|14 days
; latest, valid for 7 days|; latest
any of|all of
if missing or not done|if missing
attributed is one of possible, probable|attributed is probable
"""
