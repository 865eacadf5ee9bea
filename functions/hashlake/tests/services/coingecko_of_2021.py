"""Joins blocks with a recorded response of CoinGecko, and compares the result with the lake.

usage: coingecko_of_2021.py LAKE BLOCKS.csv.gz RESPONSE.json FIRST_HEIGHT
"""
import sys

import duckdb

lake, blocks_csv, response, first = sys.argv[1:]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
db.execute(f"CREATE VIEW lake AS SELECT * FROM read_parquet('{lake}/v1/blocks/*/*.parquet', hive_partitioning = true)")
db.execute(f"CREATE TABLE recorded AS SELECT * FROM read_csv('{blocks_csv}') WHERE height >= {first}")
db.execute(f"""
    CREATE TABLE points AS
    SELECT point[1]::BIGINT AS ms, point[2] AS usd FROM (SELECT unnest(prices) AS point FROM read_json('{response}', maximum_object_size = 100000000))""")
# Joins each block with the nearest point within 36 hours, or with the earlier one of two equally near points.
db.execute("""
    CREATE TABLE joined AS
    SELECT height, arg_min(usd, (abs(ms - time * 1000), ms)) AS usd, arg_min(ms, (abs(ms - time * 1000), ms)) AS ms,
           max(ms) >= time * 1000 AS has_later
    FROM recorded LEFT JOIN points ON abs(ms - time * 1000) <= 36 * 3600 * 1000
    GROUP BY height, time""")


def same(what, sql, expected):
    found = db.execute(sql).fetchone()
    assert found == expected, f"{what}: found {found}, expected {expected}"
    print(f"{what}: {found}")


blocks = db.execute("SELECT count(*) FROM recorded").fetchone()[0]
priced = db.execute("SELECT count(usd) FROM joined").fetchone()[0]
assert 3000 < priced < blocks, f"{priced} of {blocks} blocks have a price: expected more than 3000, but not all (some are more than 36 h from every price)"
same("blocks", "SELECT count(*), count(price_usd) FROM lake", (blocks, priced))
same("blocks whose price differs", """
    SELECT count(*) FROM lake FULL JOIN joined USING (height)
    WHERE (price_usd, epoch_ms(price_time)) IS DISTINCT FROM (usd, ms)""", (0,))
same("blocks whose price has the wrong source", "SELECT count(*) FROM lake WHERE price_usd IS NOT NULL AND price_source <> 'coingecko'", (0,))
same("blocks whose price is final without a later point, or not final despite one", """
    SELECT count(*) FROM lake JOIN joined USING (height) WHERE price_final IS DISTINCT FROM coalesce(has_later, false)""", (0,))
same("blocks whose hashprice in USD does not follow from its price", """
    SELECT count(*) FROM lake WHERE usd_per_ph_day IS DISTINCT FROM sat_per_ph_day / 1e8 * price_usd""", (0,))
