"""Writes backtest.json: inputs of a backtest, and what each rule earned, computed with exact fractions.

An independent program: it shares no code with hashlake, and looks each value up by searching all inputs.

    python3 shared/testdata/backtest.py > shared/testdata/backtest.json
"""

import datetime
import json
import random
from fractions import Fraction as F

HOUR = 3_600_000
RNG = random.Random(15)
START = 1_714_262_400_000  # 2024-04-28T00:00:00Z: three days later, a month ends.


def make_blocks():
    blocks, time = [], START
    for n in range(900):
        height = 839_750 + n
        time += round(RNG.expovariate(1 / 600)) * 1000
        blocks.append({
            "height": height,
            "time": time - RNG.choice([0, 0, 0, 90_000, 1_200_000]),  # Some run backwards.
            "difficulty": 88_104_191_118_793 if n < 400 else 83_148_355_189_239,
            "subsidy_sat": 625_000_000 if height < 840_000 else 312_500_000,
            "fees_sat": RNG.randrange(5_000_000, 400_000_000),
            "price_usd": None if n in range(700, 712) else round(RNG.uniform(63_000, 64_500), 2),
        })
    return [block for n, block in enumerate(blocks) if n != 560]  # One block is missing.


def make_prices():
    hours = [hour for hour in range(-3, 160) if not 30 < hour < 72]  # Longer than 36 hours.
    return [{"known_from": START + hour * HOUR, "usd": round(RNG.uniform(62_000, 65_500), 2)} for hour in hours]


def make_power():
    power = []
    for half_hour in range(2, 320):
        start = START + half_hour * HOUR // 2
        power.append({"start": start, "end": start + HOUR // 2, "usd_per_mwh": round(RNG.uniform(60, 260), 2)})
    power[100]["usd_per_mwh"] = -40.5
    power[200]["end"] -= 7 * 60_000  # A gap.
    power[210:250] = [{"start": power[210]["start"], "end": power[249]["end"], "usd_per_mwh": 118.0}]
    return power


BLOCKS, PRICES, POWER = make_blocks(), make_prices(), make_power()
BY_HEIGHT = {block["height"]: block for block in BLOCKS}
ARRIVAL, latest = {}, 0
for each in BLOCKS:
    latest = max(latest, each["time"])
    ARRIVAL[each["height"]] = latest


def mean_fees(heights):
    if not all(height in BY_HEIGHT for height in heights):
        return None
    return F(sum(BY_HEIGHT[height]["fees_sat"] for height in heights), len(heights))


def usd_per_ph_day(block, reward, price):
    """1e15 x 86400 / (difficulty x 2^32) x reward / 1e8 x price"""
    return F(10**15 * 86_400) / (block["difficulty"] * 2**32) * reward / 10**8 * F(str(price))


def known_at(ms):
    """Height of the newest block, and hashprices of strike, newest block and revenue."""
    arrived = [height for height, arrival in ARRIVAL.items() if arrival <= ms]
    prices = [price for price in PRICES if price["known_from"] <= ms]
    if not arrived:
        return None, None, None, None
    newest = max(arrived)
    block, following = BY_HEIGHT[newest], BY_HEIGHT.get(newest + 1)
    if following is None:
        return newest, None, None, None
    price = prices[-1]["usd"] if prices and ms < prices[-1]["known_from"] + 36 * HOUR else None
    before = mean_fees(range(newest - 143, newest + 1))
    around = mean_fees(range(newest + 1 - 72, newest + 1 + 72))
    strike = newest_block = revenue = None
    if price is not None:
        newest_block = usd_per_ph_day(block, block["subsidy_sat"] + block["fees_sat"], price)
        if before is not None:
            strike = usd_per_ph_day(following, following["subsidy_sat"] + before, price)
    if around is not None and following["price_usd"] is not None:
        revenue = usd_per_ph_day(following, following["subsidy_sat"] + around, following["price_usd"])
    return newest, strike, newest_block, revenue


def make_pieces():
    """The time of all intervals, cut wherever anything can change."""
    cuts = set(ARRIVAL.values()) | {1_714_521_600_000}  # 2024-05-01T00:00:00Z
    cuts |= {price["known_from"] + age for price in PRICES for age in (0, 36 * HOUR)}
    pieces = []
    for interval in POWER:
        ends = sorted({interval["start"], interval["end"]} | {c for c in cuts if interval["start"] < c < interval["end"]})
        for start, end in zip(ends, ends[1:]):
            month = datetime.datetime.fromtimestamp(start // 1000, datetime.timezone.utc).strftime("%Y-%m")
            pieces.append((month, F(end - start, HOUR), F(str(interval["usd_per_mwh"])), *known_at(start)))
    return pieces


def run(pieces, site, rule):
    efficiency, fee, overhead, adder = (F(str(site[name])) for name in
        ("efficiency_j_per_th", "pool_fee", "overhead", "adder_usd_per_mwh"))

    def usd_per_mwh(hashprice):
        return hashprice * 1000 / (24 * efficiency) * (1 - fee) / (1 + overhead) - adder

    mining, changed_at, months = None, None, {}
    for month, hours, power, height, strike, newest_block, revenue in pieces:
        strike, newest_block, revenue = (v if v is None else usd_per_mwh(v) for v in (strike, newest_block, revenue))
        before, name = mining, rule["rule"]
        if name == "always":
            mining = True
        elif name == "never":
            mining = False
        elif name == "constant":
            mining = power <= F(str(rule["usd_per_mwh"]))
        elif name == "newest_block" and newest_block is not None:
            mining = power <= newest_block
        elif name == "perfect_foresight" and revenue is not None:
            mining = power <= revenue
        elif name == "strike" and strike is not None:
            band = F(str(rule["band"]))
            edges = sorted([strike * (1 - band), strike * (1 + band)])
            if mining is None:
                mining = power <= strike
            else:
                wanted = power <= edges[1] if mining else power < edges[0]
                if wanted != mining and (changed_at is None or height >= changed_at + rule["hold_blocks"]):
                    mining, changed_at = wanted, height
        if strike is None or revenue is None:
            continue
        tally = months.setdefault(month, {name: 0 for name in
            ("hours_mined", "hours_idle", "hours_wrong", "starts", "stops", "mining_usd", "power_usd", "sold_usd")})
        if mining:
            tally["hours_mined"] += hours
            tally["mining_usd"] += revenue * hours
            tally["power_usd"] += power * hours
            tally["starts"] += before is False
        else:
            tally["hours_idle"] += hours
            tally["sold_usd"] += power * hours
            tally["stops"] += before is True
        if (revenue < power) if mining else (revenue > power):
            tally["hours_wrong"] += hours
    exact = {month: {k: float(v) if "_" in k else int(v) for k, v in tally.items()} for month, tally in months.items()}
    return {**rule, "months": exact}


def columns(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def main():
    rules = [
        {"rule": "always"}, {"rule": "never"}, {"rule": "constant", "usd_per_mwh": 170.0}, {"rule": "newest_block"},
        {"rule": "strike", "band": 0.0, "hold_blocks": 0}, {"rule": "strike", "band": 0.02, "hold_blocks": 6},
        {"rule": "strike", "band": 0.1, "hold_blocks": 30}, {"rule": "perfect_foresight"},
    ]
    sites = [
        {"efficiency_j_per_th": 15.0, "pool_fee": 0.0, "overhead": 0.0, "adder_usd_per_mwh": 0.0},
        {"efficiency_j_per_th": 29.5, "pool_fee": 0.02, "overhead": 0.05, "adder_usd_per_mwh": -3.25},
    ]
    pieces = make_pieces()
    counted = sum(hours for _, hours, _, _, strike, _, revenue in pieces if None not in (strike, revenue))
    expected = {
        "counted_hours": float(counted),
        "left_out_hours": float(sum(piece[1] for piece in pieces) - counted),
        "sites": [{**site, "outcomes": [run(pieces, site, rule) for rule in rules]} for site in sites],
    }
    inputs = {"blocks": columns(BLOCKS), "prices": columns(PRICES), "power": columns(POWER)}
    lines = [f'  "{name}": {{\n' + ",\n".join(f'    "{c}": {json.dumps(v)}' for c, v in table.items()) + "\n  }"
             for name, table in inputs.items()]
    text = json.dumps(expected, indent=2).split("\n", 1)[1]
    print("{\n" + ",\n".join(lines) + ",\n" + text)


main()
