"""Runs a query of the bench repeatedly in DuckDB, on one thread.

usage: duckdb_side.py QUERY RUNS FROM MACHINES DAILY ASICS [BLOCKS]...
"""
import json
import sys
import time

import duckdb

query, runs, start, machines, daily, asics, *blocks = sys.argv[1:]
asics = f"read_parquet('{asics}') WHERE asic_id IN ({', '.join(f"'{machine}'" for machine in machines.split(','))})"
blocks = f"read_parquet({blocks}) WHERE median_time >= '{start}'::TIMESTAMPTZ"
per_mwh = ", ".join(f"{unit}_per_ph_day * 1000 / (24 * efficiency_j_per_th) AS {unit}_per_mwh" for unit in ["usd", "sat"])
hashprice_and_price = "usd_per_ph_day, sat_per_ph_day, price_usd"
sql = {
    "summary": f"""SELECT height, difficulty, network_hashrate_hs, {hashprice_and_price}, {per_mwh}
        FROM (SELECT * FROM {blocks} ORDER BY height DESC LIMIT 1), (SELECT * FROM {asics}) ORDER BY asic_id""",
    "series_by_day": f"SELECT epoch(day) AS time, {hashprice_and_price} FROM read_parquet('{daily}') ORDER BY day",
    "series_by_hour": f"""SELECT epoch(date_trunc('hour', median_time)) AS time, avg(price_usd) AS price_usd,
        avg(usd_per_ph_day) AS usd_per_ph_day, sum(fees_sat)::BIGINT AS fees_sat FROM {blocks} GROUP BY 1 ORDER BY 1""",
    "mean_fees_by_day": f"""SELECT epoch(date_trunc('day', median_time)) AS time, avg(sat) AS sat_per_ph_day_144,
        avg(sat / 1e8 * price_usd) AS usd_per_ph_day_144
        FROM (SELECT median_time, price_usd, CASE WHEN count(*) OVER last_144 = 144 THEN
            1e15 * 86400 / (difficulty * 2.0 ** 32) * (subsidy_sat + avg(fees_sat) OVER last_144) END AS sat
            FROM {blocks} WINDOW last_144 AS (ORDER BY height ROWS 143 PRECEDING))
        GROUP BY 1 ORDER BY 1""",
    "series_by_block": f"SELECT epoch(median_time) AS time, {hashprice_and_price} FROM {blocks} ORDER BY height",
    "revenue_by_day": f"""SELECT epoch(day) AS time, {per_mwh}
        FROM read_parquet('{daily}'), (SELECT * FROM {asics}) ORDER BY asic_id, day""",
    "revenue_by_block": f"""SELECT epoch(median_time) AS time, {per_mwh}
        FROM (SELECT * FROM {blocks}), (SELECT * FROM {asics}) ORDER BY asic_id, height""",
}[query]


def ms_since(start):
    return (time.perf_counter() - start) * 1000


first = time.perf_counter()
db = duckdb.connect()
db.execute("SET threads = 1")
db.execute("SET TimeZone = 'UTC'")
db.execute(sql).fetchnumpy()
cold_ms = ms_since(first)
warm_ms = []
for _ in range(int(runs)):
    first = time.perf_counter()
    db.execute(sql).fetchnumpy()
    warm_ms.append(ms_since(first))
result = db.execute(sql)
names = [column[0] for column in result.description]
columns = dict(zip(names, zip(*result.fetchall())))
json.dump({"cold_ms": cold_ms, "warm_ms": warm_ms, "columns": columns}, sys.stdout)
