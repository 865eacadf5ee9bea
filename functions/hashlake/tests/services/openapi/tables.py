"""Opens the API's CSV with DuckDB and pandas, and compares it with the API's JSON and with the lake.

usage: tables.py http://ADDRESS/api/v1 LAKE
"""
import io
import json
import math
import sys
import tempfile
import urllib.request
from datetime import datetime

import duckdb
import pandas as pd

api, lake = sys.argv[1:]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
ASIC_IDS = ["antminer-s19j-pro-100", "antminer-s21-pro-234", "custom:234:3510"]
IN_LAKE = dict(zip(ASIC_IDS, ASIC_IDS[:2] + ASIC_IDS[1:2]))  # The custom miner has the hash rate and power of the second one.
MONTH = "from=2025-10-01T00:00:00Z&to=2025-11-01T00:00:00Z"  # A complete month, long before the tip.
REVENUE = f"/revenue?asics={','.join(ASIC_IDS)}&{MONTH}&power_price=45.5&pool_fee=0.02"
POINTS = ["time", "height", "blocks", "priced_blocks"]
TIMES = {"time", "median_time", "price_time"}


def get(path):
    with urllib.request.urlopen(api + path) as response:
        return response.read().decode()


def revenue_rows(response):
    for at, point in enumerate(zip(*(response[name] for name in POINTS), strict=True)):
        for asic in response["asics"]:
            cells = {name: values[at] for name, values in asic["columns"].items()}
            yield dict(zip(POINTS, point)) | {"asic_id": asic["asic_id"]} | cells


def series_rows(response):
    columns = {"time": response["time"]} | response["columns"]
    return (dict(zip(columns, row)) for row in zip(*columns.values(), strict=True))


def differences(expected, found):
    return [(a, b) for a, b in zip(expected, found, strict=True) if not (a is None and pd.isna(b)) and a != b]


def compare(path, rows):
    """Checks that CSV and JSON of `path` have the same names, rows, order and values."""
    response = json.loads(get(path))
    expected = pd.DataFrame(rows(response), dtype=object)
    csv = get(path + ("&" if "?" in path else "?") + "format=csv")
    in_pandas = pd.read_csv(io.StringIO(csv), parse_dates=sorted(TIMES & set(expected)))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(csv)
        file.flush()
        in_duckdb = db.read_csv(file.name)
        types = dict(zip(in_duckdb.columns, map(str, in_duckdb.types)))
        cells = dict(zip(in_duckdb.columns, zip(*in_duckdb.fetchall(), strict=True), strict=True))
    assert len(expected) > 0 and list(expected) == list(in_pandas) == list(cells), (path, list(expected), list(cells))
    for name in expected:
        values = list(expected[name])
        if name in TIMES:
            assert types[name] == "TIMESTAMP WITH TIME ZONE" and str(in_pandas[name].dt.tz) == "UTC", (path, name)
            values = [value and datetime.fromisoformat(value) for value in values]
        for reader, found in [("DuckDB", map(plain, cells[name])), ("pandas", in_pandas[name])]:
            different = differences(values, found)
            assert not different, f"{path}: {name} by {reader}: {len(different)} differ: {different[:3]}"
    nulls = {name: int(count) for name, count in expected.isna().sum().items() if count}
    print(f"{path.split('&power')[0]}: {len(expected)} rows of {len(expected.columns)}, nulls: {nulls or 'none'}")
    return response


def plain(value):
    return value.isoformat() if type(value).__name__ == "date" else value


def close(what, pairs, limit):
    worst = max(abs(a / b - 1) for a, b in pairs)
    assert worst <= limit, f"{what}: the relative difference is {worst}, more than {limit}"
    print(f"{what}: {worst:.2g}")


compare("/asics", lambda response: response["asics"])
compare("/blocks?from_height=917154&limit=1000", lambda response: response["blocks"])
everything = "usd_per_ph_day,sat_per_ph_day,price_usd,difficulty,network_hashrate_hs,subsidy_sat,fees_sat,fee_share,tx_count,blocks,empty_blocks,priced_blocks,height"
compare(f"/series?interval=day&{MONTH}&fields={everything}", series_rows)
series = compare(f"/series?interval=block&{MONTH}&fields={everything}", series_rows)
by_block = compare(REVENUE + "&interval=block", revenue_rows)
by_day = compare(REVENUE + "&interval=day", revenue_rows)
assert len(by_day["time"]) == 31 and len(by_block["time"]) == len(series["time"]) == sum(by_day["blocks"])

db.execute(f"CREATE TABLE mwh_revenue AS SELECT * FROM '{lake}/v1/mwh_revenue/year=2025/mwh_revenue-2025-10.parquet'")
for blocks, days in zip(by_block["asics"], by_day["asics"], strict=True):
    asic_id, per_mwh = blocks["asic_id"], 1000 / (24 * blocks["efficiency_j_per_th"])
    columns = ["height", "usd_per_mwh", "sat_per_mwh", "usd_per_block", "sat_per_block"]
    query = f"SELECT {', '.join(columns)} FROM mwh_revenue WHERE asic_id = ? ORDER BY height"
    in_lake = dict(zip(columns, zip(*db.execute(query, [IN_LAKE[asic_id]]).fetchall(), strict=True), strict=True))
    for name, values in in_lake.items():
        different = differences(by_block["height"] if name == "height" else blocks["columns"][name], values)
        assert not different, f"{name} of {asic_id}: the API and the lake differ: {different[:3]}"
    from_series = [usd * per_mwh for usd in series["columns"]["usd_per_ph_day"]]
    close(f"{asic_id}: usd_per_mwh of /series and of /revenue", zip(from_series, in_lake["usd_per_mwh"]), 1e-14)

    query = "SELECT list(usd_per_block) FROM mwh_revenue WHERE asic_id = ? GROUP BY median_time::DATE ORDER BY median_time::DATE"
    sums = [math.fsum(usd) for (usd,) in db.execute(query, [IN_LAKE[asic_id]]).fetchall()]
    close(f"{asic_id}: usd_per_mw by day and the lake's blocks", zip(days["columns"]["usd_per_mw"], sums, strict=True), 1e-12)
    total = math.fsum(days["columns"]["usd_per_mw"])
    same = [total, math.fsum(sums), blocks["totals"]["usd_per_mw"], math.fsum(blocks["columns"]["usd_per_mw"])]
    close(f"{asic_id}: USD of the month by day, by block, in the lake, in totals", ((usd, days["totals"]["usd_per_mw"]) for usd in same), 1e-12)
