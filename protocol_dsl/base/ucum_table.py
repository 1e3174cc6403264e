"""The symbols of UCUM: what everything is measured in, and how large the others are.

From the table of units of UCUM 2.2 of 2024-06-17 (https://ucum.org/ucum). Sizes are its decimals, taken exactly; the
number pi has the digits printed there. Left out are minutes and seconds of an angle, whose codes are quotes.
"""

from typing import Final

# What everything is measured in; a prefix may stand before those marked True. Beside what UCUM measures by, these are
# what it calls a mere number, and levels on a logarithmic scale: a protocol must not take one of them for another.
BASE: Final = {
    "m": True, "g": True, "s": True, "K": True, "cd": True, "rad": True, "C": True, "mol": True, "eq": True,
    "osm": True, "Sv": True, "Bq": True, "bit": True, "mo": False,
    # levels, and other scales that are no multiple of anything
    "[pH]": False, "Np": True, "B": True, "B[SPL]": True, "B[V]": True, "B[mV]": True, "B[uV]": True, "B[10.nV]": True,
    "B[W]": True, "B[kW]": True, "bit_s": False, "[p'diop]": False, "%[slope]": False, "[m/s2/Hz^(1/2)]": False,
    "[hp'_X]": False, "[hp'_C]": False, "[hp'_M]": False, "[hp'_Q]": False, "[hnsf'U]": False, "[NTU]": False,
    "[FNU]": False,
    # arbitrary units
    "[IU]": True, "[arb'U]": False, "[USP'U]": False, "CFU": False, "[PFU]": False, "[FFU]": False, "[AU]": False,
    "[BAU]": False, "[ELU]": False, "[TCID_50]": False, "[CCID_50]": False, "[EID_50]": False, "[LD_50]": False,
    "[anti'Xa'U]": False, "[beth'U]": False, "[FEU]": False, "[GPL'U]": False, "[MPL'U]": False, "[APL'U]": False,
    "[bdsk'U]": False, "[ka'U]": False, "[knk'U]": False, "[mclg'U]": False, "[smgy'U]": False, "[tb'U]": False,
    "[todd'U]": False, "[dye'U]": False, "[Lf]": False, "[PNU]": False, "[D'ag'U]": False, "[Amb'a'1'U]": False,
    "[IR]": False, "[EU]": False, "[hp_X]": False, "[hp_C]": False, "[hp_M]": False, "[hp_Q]": False, "[kp_X]": False,
    "[kp_C]": False, "[kp_M]": False, "[kp_Q]": False, "[HPF]": False, "[LPF]": False, "[drp]": False,
    # what protocols count
    "cells": False, "copies": False, "MFI": False, "infusions": False, "events": False, "doses": False,
    "patients": False,
}  # fmt: skip

# (how many, of which powers, whether a prefix may stand before it)
DERIVED: Final = {
    "L": ("1", "dm3", True), "min": ("60", "s", False), "h": ("60", "min", False), "d": ("24", "h", False),
    "wk": ("7", "d", False), "a": ("12", "mo", False), "Hz": ("1", "s-1", True), "N": ("1", "kg m s-2", True),
    "Pa": ("1", "N m-2", True), "J": ("1", "N m", True), "W": ("1", "J s-1", True), "A": ("1", "C s-1", True),
    "V": ("1", "J C-1", True), "F": ("1", "C V-1", True), "Ohm": ("1", "V A-1", True), "S": ("1", "A V-1", True),
    "Wb": ("1", "V s", True), "T": ("1", "Wb m-2", True), "H": ("1", "Wb A-1", True), "Gy": ("1", "J kg-1", True),
    "kat": ("1", "mol s-1", True), "U": ("1", "umol min-1", True), "bar": ("100000", "Pa", True),
    "atm": ("101325", "Pa", False), "m[Hg]": ("133322", "Pa", True), "m[H2O]": ("9806.65", "Pa", True),
    "cal": ("4.184", "J", True), "[Cal]": ("1", "kcal", False), "dyn": ("1", "g cm s-2", True),
    "[wood'U]": ("1", "mm[Hg] min L-1", False), "[MET]": ("3.5", "mL min-1 kg-1", False), "Ci": ("37", "GBq", True),
    "%": ("0.01", "", False), "[ppth]": ("0.001", "", False), "[ppm]": ("0.000001", "", False),
    "[ppb]": ("0.000000001", "", False), "[in_i]": ("2.54", "cm", False), "[ft_i]": ("12", "[in_i]", False),
    "[yd_i]": ("3", "[ft_i]", False), "[mi_i]": ("5280", "[ft_i]", False), "[lb_av]": ("453.59237", "g", False),
    "[oz_av]": ("1/16", "[lb_av]", False), "[stone_av]": ("14", "[lb_av]", False), "[diop]": ("1", "m-1", False),
    "[CFU]": ("1", "CFU", False), "[iU]": ("1", "[IU]", True), "deg": ("1/180", "[pi] rad", False),
    "Cel": ("1", "K", True), "[degF]": ("5/9", "K", False), "[degRe]": ("5/4", "K", False),
    # numbers, angles, light and time
    "[pi]": ("3.1415926535897932384626433832795028841971693993751058209749445923", "", False),
    "[pptr]": ("1e-12", "", False), "sr": ("1", "rad2", True), "lm": ("1", "cd sr", True), "lx": ("1", "lm m-2", True),
    "gon": ("0.9", "deg", False), "circ": ("2", "[pi] rad", False), "sph": ("4", "[pi] sr", False),
    "ar": ("100", "m2", True), "st": ("1", "m3", True), "Ao": ("0.1", "nm", False), "b": ("100", "fm2", False),
    "a_t": ("365.24219", "d", False), "a_j": ("365.25", "d", False), "a_g": ("365.2425", "d", False),
    "mo_s": ("29.53059", "d", False), "mo_j": ("1/12", "a_j", False), "mo_g": ("1/12", "a_g", False),
    # constants of nature, and what is measured by them
    "t": ("1e3", "kg", True), "u": ("1.66053906660e-24", "g", True), "eV": ("1", "[e] V", True),
    "AU": ("149597870.691", "km", False), "pc": ("3.085678e16", "m", True), "[c]": ("299792458", "m s-1", True),
    "[h]": ("6.62607015e-34", "J s", True), "[k]": ("1.380649e-23", "J K-1", True),
    "[eps_0]": ("8.854187817e-12", "F m-1", True), "[mu_0]": ("4e-7", "[pi] N A-2", True),
    "[e]": ("1.602176634e-19", "C", True), "[m_e]": ("9.1093837139e-31", "kg", True),
    "[m_p]": ("1.67262192595e-27", "kg", True), "[G]": ("6.67430e-11", "m3 kg-1 s-2", True),
    "[g]": ("980665e-5", "m s-2", True), "[ly]": ("1", "[c] a_j", True), "gf": ("1", "g [g]", True),
    "[lbf_av]": ("1", "[lb_av] [g]", False),
    # centimetre, gram, second
    "Ky": ("1", "cm-1", True), "Gal": ("1", "cm s-2", True), "erg": ("1", "dyn cm", True),
    "P": ("1", "dyn s cm-2", True), "Bi": ("10", "A", True), "St": ("1", "cm2 s-1", True), "Mx": ("1e-8", "Wb", True),
    "G": ("1e-4", "T", True), "Oe": ("250", "[pi]-1 A m-1", True), "Gb": ("1", "Oe cm", True),
    "sb": ("1", "cd cm-2", True), "Lmb": ("1", "cd cm-2 [pi]-1", True), "ph": ("1e-4", "lx", True),
    "R": ("2.58e-4", "C kg-1", True), "RAD": ("100", "erg g-1", True), "REM": ("0.01", "Sv", True),
    # international and United States lengths and areas
    "[fth_i]": ("6", "[ft_i]", False), "[nmi_i]": ("1852", "m", False), "[kn_i]": ("1", "[nmi_i] h-1", False),
    "[sin_i]": ("1", "[in_i]2", False), "[sft_i]": ("1", "[ft_i]2", False), "[syd_i]": ("1", "[yd_i]2", False),
    "[cin_i]": ("1", "[in_i]3", False), "[cft_i]": ("1", "[ft_i]3", False), "[cyd_i]": ("1", "[yd_i]3", False),
    "[bf_i]": ("144", "[in_i]3", False), "[cr_i]": ("128", "[ft_i]3", False), "[mil_i]": ("1e-3", "[in_i]", False),
    "[cml_i]": ("1/4", "[pi] [mil_i]2", False), "[hd_i]": ("4", "[in_i]", False), "[ft_us]": ("1200/3937", "m", False),
    "[yd_us]": ("3", "[ft_us]", False), "[in_us]": ("1/12", "[ft_us]", False), "[rd_us]": ("16.5", "[ft_us]", False),
    "[ch_us]": ("4", "[rd_us]", False), "[lk_us]": ("1/100", "[ch_us]", False), "[rch_us]": ("100", "[ft_us]", False),
    "[rlk_us]": ("1/100", "[rch_us]", False), "[fth_us]": ("6", "[ft_us]", False), "[fur_us]": ("40", "[rd_us]", False),
    "[mi_us]": ("8", "[fur_us]", False), "[acr_us]": ("160", "[rd_us]2", False), "[srd_us]": ("1", "[rd_us]2", False),
    "[smi_us]": ("1", "[mi_us]2", False), "[sct]": ("1", "[mi_us]2", False), "[twp]": ("36", "[sct]", False),
    "[mil_us]": ("1e-3", "[in_us]", False),
    # British lengths and areas
    "[in_br]": ("2.539998", "cm", False), "[ft_br]": ("12", "[in_br]", False), "[rd_br]": ("16.5", "[ft_br]", False),
    "[ch_br]": ("4", "[rd_br]", False), "[lk_br]": ("1/100", "[ch_br]", False), "[fth_br]": ("6", "[ft_br]", False),
    "[pc_br]": ("2.5", "[ft_br]", False), "[yd_br]": ("3", "[ft_br]", False), "[mi_br]": ("5280", "[ft_br]", False),
    "[nmi_br]": ("6080", "[ft_br]", False), "[kn_br]": ("1", "[nmi_br] h-1", False),
    "[acr_br]": ("4840", "[yd_br]2", False),
    # United States and metric household volumes
    "[gal_us]": ("231", "[in_i]3", False), "[bbl_us]": ("42", "[gal_us]", False), "[qt_us]": ("1/4", "[gal_us]", False),
    "[pt_us]": ("1/2", "[qt_us]", False), "[gil_us]": ("1/4", "[pt_us]", False), "[foz_us]": ("1/4", "[gil_us]", False),
    "[fdr_us]": ("1/8", "[foz_us]", False), "[min_us]": ("1/60", "[fdr_us]", False),
    "[crd_us]": ("128", "[ft_i]3", False), "[bu_us]": ("2150.42", "[in_i]3", False),
    "[gal_wi]": ("1/8", "[bu_us]", False), "[pk_us]": ("1/4", "[bu_us]", False), "[dqt_us]": ("1/8", "[pk_us]", False),
    "[dpt_us]": ("1/2", "[dqt_us]", False), "[tbs_us]": ("1/2", "[foz_us]", False),
    "[tsp_us]": ("1/3", "[tbs_us]", False), "[cup_us]": ("16", "[tbs_us]", False), "[foz_m]": ("30", "mL", False),
    "[cup_m]": ("240", "mL", False), "[tsp_m]": ("5", "mL", False), "[tbs_m]": ("15", "mL", False),
    # British volumes
    "[gal_br]": ("4.54609", "l", False), "[pk_br]": ("2", "[gal_br]", False), "[bu_br]": ("4", "[pk_br]", False),
    "[qt_br]": ("1/4", "[gal_br]", False), "[pt_br]": ("1/2", "[qt_br]", False), "[gil_br]": ("1/4", "[pt_br]", False),
    "[foz_br]": ("1/5", "[gil_br]", False), "[fdr_br]": ("1/8", "[foz_br]", False),
    "[min_br]": ("1/60", "[fdr_br]", False),
    # avoirdupois, troy and apothecaries' weights
    "[gr]": ("64.79891", "mg", False), "[dr_av]": ("1/16", "[oz_av]", False), "[scwt_av]": ("100", "[lb_av]", False),
    "[lcwt_av]": ("112", "[lb_av]", False), "[ston_av]": ("20", "[scwt_av]", False),
    "[lton_av]": ("20", "[lcwt_av]", False), "[pwt_tr]": ("24", "[gr]", False), "[oz_tr]": ("20", "[pwt_tr]", False),
    "[lb_tr]": ("12", "[oz_tr]", False), "[sc_ap]": ("20", "[gr]", False), "[dr_ap]": ("3", "[sc_ap]", False),
    "[oz_ap]": ("8", "[dr_ap]", False), "[lb_ap]": ("12", "[oz_ap]", False), "[oz_m]": ("28", "g", False),
    # type
    "[lne]": ("1/12", "[in_i]", False), "[pnt]": ("1/6", "[lne]", False), "[pca]": ("12", "[pnt]", False),
    "[pnt_pr]": ("0.013837", "[in_i]", False), "[pca_pr]": ("12", "[pnt_pr]", False), "[pied]": ("32.48", "cm", False),
    "[pouce]": ("1/12", "[pied]", False), "[ligne]": ("1/12", "[pouce]", False), "[didot]": ("1/6", "[ligne]", False),
    "[cicero]": ("12", "[didot]", False),
    # heat
    "[degR]": ("5/9", "K", False), "cal_[15]": ("4.18580", "J", True), "cal_[20]": ("4.18190", "J", True),
    "cal_m": ("4.19002", "J", True), "cal_IT": ("4.1868", "J", True), "cal_th": ("4.184", "J", True),
    "[Btu_39]": ("1.05967", "kJ", False), "[Btu_59]": ("1.05480", "kJ", False), "[Btu_60]": ("1.05468", "kJ", False),
    "[Btu_m]": ("1.05587", "kJ", False), "[Btu_IT]": ("1.05505585262", "kJ", False),
    "[Btu_th]": ("1.054350", "kJ", False), "[Btu]": ("1", "[Btu_th]", False),
    "[HP]": ("550", "[ft_i] [lbf_av] s-1", False), "tex": ("1", "g km-1", True), "[den]": ("1/9", "g km-1", False),
    # clinical and other
    "[in_i'H2O]": ("1", "m[H2O] [in_i] m-1", False), "[in_i'Hg]": ("1", "m[Hg] [in_i] m-1", False),
    "[PRU]": ("1", "mm[Hg] s ml-1", False), "[mesh_i]": ("1", "[in_i]-1", False), "[Ch]": ("1/3", "mm", False),
    "[S]": ("1e-13", "s", False), "att": ("1", "kgf cm-2", False), "mho": ("1", "S", True),
    "[psi]": ("1", "[lbf_av] [in_i]-2", False), "[car_m]": ("2e-1", "g", False), "[car_Au]": ("1/24", "", False),
    "[smoot]": ("67", "[in_i]", False), "By": ("8", "bit", True), "Bd": ("1", "s-1", True),
}  # fmt: skip

# Temperatures on a scale: where its zero lies, in degrees Celsius. UCUM gives Fahrenheit's as 459.67 above absolute
# zero, which is 273.15 below the ice point.
ZERO: Final = {"Cel": "0", "K": "-273.15", "[degF]": "-160/9", "[degR]": "-273.15", "[degRe]": "0"}
