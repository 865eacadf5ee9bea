"""Opens a lake with DuckDB and pyarrow, and compares it with the recording that it was filled from.

usage: readers.py LAKE BLOCKS.csv.gz PRICES.csv.gz
"""
import sys

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

lake, blocks_csv, prices_csv = sys.argv[1:]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
for table in ["blocks", "mwh_revenue", "prices"]:
    db.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{lake}/v1/{table}/*/*.parquet', hive_partitioning = true)")
for table in ["daily", "asics"]:
    db.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{lake}/v1/{table}/{table}.parquet')")
# The first 120 blocks of the recording are not in the lake: they are only used to compute the hash rate. The prices end at block 924778.
db.execute(f"""
    CREATE TABLE recorded AS
    SELECT *, subsidy_sat + total_fee_sat AS reward_sat, lag(hash) OVER (ORDER BY height) AS prev_hash
    FROM read_csv('{blocks_csv}') QUALIFY height BETWEEN 909578 AND 924778""")
db.execute(f"CREATE TABLE points AS SELECT time_unix, price_usd FROM read_csv('{prices_csv}')")


def one(sql):
    return db.execute(sql).fetchone()


def same(what, found, expected):
    assert found == expected, f"{what}: found {found}, expected {expected}"
    print(f"{what}: {found}")


def below(what, worst, limit):
    assert worst is not None and worst <= limit, f"{what}: {worst}, more than {limit}"
    print(f"{what}: {worst:.3g}")


same("blocks", one("SELECT count(*), min(height), max(height) FROM blocks"), (15201, 909578, 924778))
same("columns of blocks that differ from the recording", one("""
    SELECT count(*) FROM blocks b FULL JOIN recorded r USING (height)
    WHERE (b.hash, b.prev_hash, epoch(b.time), epoch(b.median_time), b.bits, b.difficulty, b.tx_count, b.subsidy_sat, b.fees_sat)
       IS DISTINCT FROM (r.hash, r.prev_hash, r.time, r.mediantime, r.bits, r.difficulty, r.n_tx, r.subsidy_sat, r.total_fee_sat)
    """), (0,))

by_day = "GROUP BY day ORDER BY day"
lake_days = db.execute(f"SELECT median_time::DATE AS day, count(*), sum(fees_sat)::BIGINT, min(height), max(height) FROM blocks {by_day}").fetchall()
recorded_days = db.execute(f"SELECT to_timestamp(mediantime)::DATE AS day, count(*), sum(total_fee_sat)::BIGINT, min(height), max(height) FROM recorded {by_day}").fetchall()
same("days whose block count or fees differ", [a for a, b in zip(lake_days, recorded_days, strict=True) if a != b], [])
same("days of `daily` that differ", db.execute("""
    SELECT day FROM daily EXCEPT ALL SELECT d.day FROM daily d JOIN (
        SELECT median_time::DATE AS day, count(*) AS n, count(price_usd) AS priced, count_if(tx_count = 1) AS empty,
               sum(subsidy_sat) AS subsidy, sum(fees_sat) AS fees, sum(tx_count) AS txs, avg(difficulty) AS difficulty,
               avg(network_hashrate_hs) AS hashrate, avg(sat_per_ph_day) AS sat, avg(usd_per_ph_day) AS usd, avg(price_usd) AS price
        FROM blocks GROUP BY 1) b ON d.day = b.day
    WHERE (d.blocks, d.priced_blocks, d.empty_blocks, d.subsidy_sat, d.fees_sat, d.tx_count) = (n, priced, empty, subsidy, fees, txs)
      AND abs(d.difficulty / b.difficulty - 1) < 1e-12 AND abs(d.network_hashrate_hs / hashrate - 1) < 1e-12
      AND abs(d.sat_per_ph_day / sat - 1) < 1e-12 AND abs(d.usd_per_ph_day / usd - 1) < 1e-12 AND abs(d.price_usd / price - 1) < 1e-12
    """).fetchall(), [])

# Finds the price nearest to the header time, or the earlier one of two equally near prices, with an ASOF join for each neighbour.
db.execute("""
    CREATE TABLE joined AS
    SELECT r.*, CASE WHEN later.time_unix IS NULL OR r.time - earlier.time_unix <= later.time_unix - r.time
                     THEN earlier.price_usd ELSE later.price_usd END AS usd
    FROM recorded r ASOF LEFT JOIN points earlier ON r.time >= earlier.time_unix
                    ASOF LEFT JOIN points later ON r.time <= later.time_unix""")
same("blocks whose price differs", one("SELECT count(*) FROM blocks b JOIN joined j USING (height) WHERE b.price_usd IS DISTINCT FROM j.usd"), (0,))
models = one("SELECT count(*) FROM asics")[0]
same("at least 40 miner models", models >= 40, True)
same("revenue rows", one("SELECT count(*), count(usd_per_mwh), count(DISTINCT asic_id) FROM mwh_revenue"), (15201 * models, 15201 * models, models))
sat_per_mwh = "3.6e21 / (a.power_w / a.hashrate_ths) / (j.difficulty * 4294967296.0) * j.reward_sat"
sat_per_block = "(1e6 / a.power_w) * a.hashrate_ths * 1e12 / b.network_hashrate_hs * j.reward_sat"
for column, expected in {
    "sat_per_mwh": sat_per_mwh,
    "usd_per_mwh": f"{sat_per_mwh} / 1e8 * j.usd",
    "sat_per_block": sat_per_block,
    "usd_per_block": f"{sat_per_block} / 1e8 * j.usd",
}.items():
    worst = one(f"""SELECT max(abs(m.{column} / ({expected}) - 1)) FROM mwh_revenue m
        JOIN joined j USING (height) JOIN blocks b USING (height) JOIN asics a USING (asic_id)""")[0]
    below(f"largest relative difference of {column}", worst, 1e-12)
below("largest relative difference of usd_per_ph_day", one("""SELECT max(abs(b.usd_per_ph_day / (
    1e15 * 86400 / (j.difficulty * 4294967296.0) * j.reward_sat / 1e8 * j.usd) - 1)) FROM blocks b JOIN joined j USING (height)""")[0], 1e-12)
# The recording has no fees of blocks below the first one.
same("blocks without a hashprice with mean fees", one("SELECT count(*), max(height) - min(height) FROM blocks WHERE sat_per_ph_day_144 IS NULL"), (143, 142))
with_mean_fees = "1e15 * 86400 / (j.difficulty * 4294967296.0) * (j.reward_sat - b.fees_sat + m.fees_sat_144)"
for column, expected in {"sat_per_ph_day_144": with_mean_fees, "usd_per_ph_day_144": f"{with_mean_fees} / 1e8 * j.usd"}.items():
    worst = one(f"""SELECT max(abs(b.{column} / ({expected}) - 1)) FROM blocks b JOIN joined j USING (height) JOIN (
        SELECT height, avg(fees_sat) OVER (ORDER BY height ROWS 143 PRECEDING) AS fees_sat_144 FROM blocks) m USING (height)""")[0]
    below(f"largest relative difference of {column}", worst, 1e-12)
same("rewards that differ", one("SELECT count(*) FROM blocks b JOIN joined j USING (height) WHERE b.reward_sat <> j.reward_sat"), (0,))
for column, value in {"sat_per_ph": "1.0", "usd_per_ph": "b.price_usd / 1e8"}.items():
    worst = one(f"""SELECT max(abs(d.{column} / s.share - 1)) FROM daily d JOIN (
        SELECT median_time::DATE AS day, sum(1e15 / network_hashrate_hs * (subsidy_sat + fees_sat) * {value}) AS share
        FROM blocks b GROUP BY 1) s USING (day)""")[0]
    below(f"largest relative difference of {column} of days", worst, 1e-12)
below("largest relative difference of network_hashrate_hs from the definition of getnetworkhashps", one("""
    WITH work AS (SELECT height, sum(difficulty * 4295032833.0) OVER w AS work,
                         max(time) OVER t - min(time) OVER t AS span
                  FROM read_csv($1) WINDOW w AS (ORDER BY height ROWS 119 PRECEDING), t AS (ORDER BY height ROWS 120 PRECEDING))
    SELECT max(abs(b.network_hashrate_hs / (work / span) - 1)) FROM blocks b JOIN work USING (height)""".replace("$1", f"'{blocks_csv}'"))[0], 1e-6)
some_hash = one("SELECT hash FROM recorded WHERE height = 917154")[0]
same("a block by its hash", one(f"SELECT height FROM blocks WHERE hash = '{some_hash}'"), (917154,))
same("partition", one("SELECT DISTINCT year, typeof(year) FROM blocks"), (2025, "BIGINT"))

timestamp = pa.timestamp("ms", tz="UTC")
contract = {
    "blocks": {
        "height": pa.int32(), "hash": pa.string(), "prev_hash": pa.string(), "time": timestamp, "median_time": timestamp,
        "bits": pa.string(), "difficulty": pa.float64(), "tx_count": pa.int32(), "subsidy_sat": pa.int64(),
        "fees_sat": pa.int64(), "claimed_sat?": pa.int64(), "network_hashrate_hs": pa.float64(),
        "sat_per_ph_day": pa.float64(), "price_usd?": pa.float64(), "price_time?": timestamp, "price_source?": pa.string(),
        "price_final": pa.bool_(), "usd_per_ph_day?": pa.float64(), "sat_per_ph_day_144?": pa.float64(),
        "usd_per_ph_day_144?": pa.float64(), "reward_sat": pa.int64(),
    },
    "mwh_revenue": {
        "height": pa.int32(), "median_time": timestamp, "asic_id": pa.string(), "sat_per_mwh": pa.float64(),
        "usd_per_mwh?": pa.float64(), "sat_per_block": pa.float64(), "usd_per_block?": pa.float64(),
    },
    "prices": {"time": timestamp, "usd": pa.float64(), "source": pa.string(), "resolution_s": pa.int32()},
    "daily": {
        "day": pa.date32(), "first_height": pa.int32(), "last_height": pa.int32(), "blocks": pa.int32(),
        "empty_blocks": pa.int32(), "subsidy_sat": pa.int64(), "fees_sat": pa.int64(), "tx_count": pa.int64(),
        "difficulty": pa.float64(), "network_hashrate_hs": pa.float64(), "sat_per_ph_day": pa.float64(),
        "priced_blocks": pa.int32(), "price_usd?": pa.float64(), "usd_per_ph_day?": pa.float64(),
        "sat_per_ph?": pa.float64(), "usd_per_ph?": pa.float64(),
    },
    "asics": {
        "asic_id": pa.string(), "name": pa.string(), "vendor": pa.string(), "cooling": pa.string(), "released?": pa.date32(),
        "hashrate_ths": pa.float64(), "power_w": pa.float64(), "efficiency_j_per_th": pa.float64(),
        "machines_per_mw": pa.float64(), "source": pa.string(),
    },
}
for table, columns in contract.items():
    file = next(iter(ds.dataset(f"{lake}/v1/{table}", format="parquet").files))
    schema = pq.read_schema(file)
    found = {field.name + ("?" if field.nullable else ""): field.type for field in schema}
    same(f"columns of {table}", list(found.items()) == list(columns.items()) or found, True)
    same(f"columns of {table} without a description", [field.name for field in schema if b"meaning" not in (field.metadata or {})], [])
revenue = ds.dataset(f"{lake}/v1/mwh_revenue", format="parquet", partitioning="hive")
same("partition in pyarrow", str(revenue.schema.field("year").type), "int32")
means = revenue.to_table(columns=["usd_per_mwh"], filter=(pc.field("year") == 2025) & (pc.field("asic_id") == "antminer-s21-pro-234"))
duck = one("SELECT avg(usd_per_mwh) FROM mwh_revenue WHERE asic_id = 'antminer-s21-pro-234'")[0]
below("relative difference of the means of pyarrow and DuckDB", abs(pc.mean(means["usd_per_mwh"]).as_py() / duck - 1), 1e-12)
