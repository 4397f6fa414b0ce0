"""Banks and wallets by their six-digit BIN (as NAPAS lists them for VietQR)."""

from __future__ import annotations

_BANKS = {
    "546034": "CAKE by VPBank",
    "546035": "Ubank by VPBank",
    "963388": "Timo",
    "970400": "SaigonBank",
    "970403": "Sacombank",
    "970405": "Agribank",
    "970406": "Vikki Bank",
    "970407": "Techcombank",
    "970408": "GPBank",
    "970409": "Bac A Bank",
    "970410": "Standard Chartered Việt Nam",
    "970412": "PVcomBank",
    "970414": "MBV",
    "970415": "VietinBank",
    "970416": "ACB",
    "970418": "BIDV",
    "970419": "NCB",
    "970421": "VRB",
    "970422": "MB Bank",
    "970423": "TPBank",
    "970424": "Shinhan Bank",
    "970425": "ABBank",
    "970426": "MSB",
    "970427": "VietABank",
    "970428": "Nam A Bank",
    "970429": "SCB",
    "970430": "PGBank",
    "970431": "Eximbank",
    "970432": "VPBank",
    "970433": "VietBank",
    "970434": "Indovina Bank",
    "970436": "Vietcombank",
    "970437": "HDBank",
    "970438": "BaoViet Bank",
    "970439": "Public Bank Việt Nam",
    "970440": "SeABank",
    "970441": "VIB",
    "970442": "Hong Leong Bank",
    "970443": "SHB",
    "970446": "Co-opBank",
    "970448": "OCB",
    "970449": "LPBank",
    "970452": "KienlongBank",
    "970454": "BVBank",
    "970457": "Woori Bank",
    "970458": "UOB Việt Nam",
    "971025": "MoMo",
}


def bank_name(bin_: str) -> str | None:
    """The short name people know a bank by, or None for a BIN not in the list (show the BIN then)."""
    return _BANKS.get(bin_)


def wallet_name(bin_: str, account: str) -> str | None:
    """ "MoMo" or "ZaloPay" where BIN and account show that a wallet stands behind the bank, else None."""
    if bin_ == "971025" and account.startswith("PSP"):
        return "MoMo"
    # Both wallets also collect through BVBank; only the account's beginning tells them apart.
    if bin_ == "970454" and account.startswith("99MM"):
        return "MoMo"
    if bin_ == "970454" and account.startswith("99ZP"):
        return "ZaloPay"
    return None
