"""Concepts of the OMOP vocabularies that are known without them: a short list, for what most protocols ask.

The numbers are those of OHDSI's standardized vocabularies. Units and tests are as the vocabulary that comes with the
sample set of Synthea patients from New Jersey (27 persons, CDM 5.4, OHDSI) has them; operators are those that the CDM
5.4 specification names for MEASUREMENT.operator_concept_id.
"""

from typing import Final

SEX: Final = {"8507": "male", "8532": "female", "M": "male", "F": "female"}

OPERATORS: Final = {"4171754": "<=", "4171755": ">=", "4171756": "<", "4172703": "=", "4172704": ">"}

UNITS: Final = {
    "586323": "Cel",
    "8482": "[pH]",
    "8541": "/min",
    "8554": "%",
    "8555": "s",
    "8564": "pg",
    "8576": "mg",
    "8582": "cm",
    "8583": "fL",
    "8636": "g/L",
    "8645": "U/L",
    "8647": "/uL",
    "8713": "g/dL",
    "8723": "mg/g",
    "8748": "ug/L",
    "8749": "umol/L",
    "8753": "mmol/L",
    "8795": "mL/min",
    "8815": "10*6/uL",
    "8837": "ug/dL",
    "8840": "mg/dL",
    "8842": "ng/mL",
    "8845": "pg/mL",
    "8848": "10*3/uL",
    "8876": "mm[Hg]",
    "8923": "[IU]/L",
    "9289": "[degF]",
    "9444": "10*9/L",
    "9529": "kg",
    "9531": "kg/m2",
    "9593": "ms",
}

TESTS: Final = {  # by the code of CDISC: in serum or plasma, and in blood
    "ALB": ("3024561",),
    "ALP": ("3035995",),
    "ALT": ("3006923",),
    "AST": ("3013721",),
    "BILI": ("3024128",),
    "BMI": ("3038553",),
    "CA": ("3006906", "3032503"),
    "CHOL": ("3027114",),
    "CL": ("3014576", "3018572"),
    "CREAT": ("3016723", "3051825"),
    "DIABP": ("3012888",),
    "GLUC": ("3004501", "3000483"),
    "HBA1C": ("3004410",),
    "HCT": ("3023314",),
    "HEIGHT": ("3036277",),
    "HGB": ("3000963",),
    "HR": ("3027018",),
    "IRON": ("3002400",),
    "K": ("3023103", "3005456"),
    "MCH": ("3012030",),
    "MCHC": ("3009744",),
    "MCV": ("3023599",),
    "MG": ("3001420",),
    "OXYSAT": ("3016502",),
    "PLAT": ("3024929",),
    "PROT": ("3020630",),
    "RBC": ("3020416",),
    "RESP": ("3024171",),
    "SODIUM": ("3019550", "3000285"),
    "SYSBP": ("3004249",),
    "TEMP": ("3020891",),
    "TRIG": ("3022192",),
    "UREAN": ("3013682", "3004295"),
    "WBC": ("3000905",),
    "WEIGHT": ("3025315",),
}
