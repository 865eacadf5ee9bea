#!/usr/bin/env python3
"""Writes golden_blocks.csv: the values that some real blocks must have in the lake, computed independently of hashlake.

Reads the blocks and prices that functions/replay has recorded. Computes with exact integers and fractions.
"""
import csv, gzip, pathlib, time
from fractions import Fraction

RECORDING = pathlib.Path(__file__).parents[3] / "functions/replay/recording"
TH_PER_S, WATTS = 234, 3510  # Antminer S21 Pro: 15 J/TH.


def rows(name):
    with gzip.open(RECORDING / name, "rt") as file:
        return list(csv.DictReader(file))


def work(bits):
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    return 2**256 // (mantissa * 256 ** (exponent - 3) + 1)


blocks = rows("blocks.csv.gz")
prices = [(int(row["time_unix"]), float(row["price_usd"])) for row in rows("prices.csv.gz")]
first = int(blocks[0]["height"])
last_priced = 924_778


def why():
    """Index of each block, and why it is here: edges, empty, times that run backwards, a long gap, a retarget."""
    index = lambda height: height - first
    wanted = {index(909_578): "first with a whole window", index(last_priced): "last before the prices end"}
    for i in range(120, index(last_priced)):
        block, below = blocks[i], blocks[i - 1]
        if block["n_tx"] == "1" and "empty" not in wanted.values():
            wanted[i] = "empty"
        if int(block["time"]) < int(below["time"]) - 1000 and "backwards" not in wanted.values():
            wanted[i] = "backwards"
        if int(block["time"]) - int(below["time"]) > 6000 and "long gap" not in wanted.values():
            wanted[i] = "long gap"
        if block["bits"] != below["bits"] and "retarget" not in wanted.values():
            wanted[i] = "retarget"
        month = lambda row: time.gmtime(int(row["mediantime"])).tm_mon
        if month(block) != month(below):
            wanted[i], wanted[i - 1] = "first of its month", "last of its month"
    return sorted(wanted.items())


def golden(i, reason):
    block, window = blocks[i], blocks[i - 120 : i + 1]
    times = [int(row["time"]) for row in window]
    hashrate = Fraction(sum(work(int(row["bits"], 16)) for row in window[1:]), max(times) - min(times))
    bits = int(block["bits"], 16)
    difficulty = Fraction(0xFFFF * 256 ** (0x1D - (bits >> 24)), bits & 0x7FFFFF)
    reward = int(block["subsidy_sat"]) + int(block["total_fee_sat"])
    sat_per_ph_day = Fraction(10**15 * 86_400 * reward) / (difficulty * 2**32)
    sat_per_mwh = Fraction(36 * 10**20 * reward * TH_PER_S, WATTS) / (difficulty * 2**32)
    sat_per_block = Fraction(10**6 * TH_PER_S * 10**12 * reward, WATTS) / hashrate
    day = blocks[max(0, i - 143) : i + 1]
    knows_day = len(day) == 144 and all(row["total_fee_sat"] for row in day)
    fees_144 = Fraction(sum(int(row["total_fee_sat"]) for row in day), 144) if knows_day else None
    hashprice_144 = (
        Fraction(10**15 * 86_400) / (difficulty * 2**32) * (int(block["subsidy_sat"]) + fees_144) if knows_day else None
    )
    distance, price_time, usd = min((abs(int(block["time"]) - at), at, usd) for at, usd in prices)
    price = Fraction(usd) / 10**8
    return {
        "height": block["height"], "why": reason, "hash": block["hash"], "prev_hash": blocks[i - 1]["hash"],
        "time": block["time"], "median_time": block["mediantime"], "bits": block["bits"],
        "difficulty": block["difficulty"], "tx_count": block["n_tx"], "subsidy_sat": block["subsidy_sat"],
        "fees_sat": block["total_fee_sat"], "network_hashrate_hs": float(hashrate),
        "sat_per_ph_day": float(sat_per_ph_day), "price_usd": usd, "price_time": price_time,
        "price_final": str(any(at >= int(block["time"]) for at, _ in prices)).lower(),
        "usd_per_ph_day": float(sat_per_ph_day * price), "sat_per_mwh": float(sat_per_mwh),
        "usd_per_mwh": float(sat_per_mwh * price), "sat_per_block": float(sat_per_block),
        "usd_per_block": float(sat_per_block * price),
        "sat_per_ph_day_144": float(hashprice_144) if knows_day else "",
        "usd_per_ph_day_144": float(hashprice_144 * price) if knows_day else "",
    }


table = [golden(i, reason) for i, reason in why()]
with open(pathlib.Path(__file__).with_name("golden_blocks.csv"), "w", newline="") as file:
    writer = csv.DictWriter(file, table[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
