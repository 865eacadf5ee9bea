import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing";
import { seriesPath } from "./time-range";
import type { Share, UnixMs, UsdPerMwh } from "./units";
import {
  CHARTS,
  clampTime,
  countOf,
  customMachine,
  DEFAULT,
  MACHINE_COLUMNS,
  MAX_MACHINES,
  parseView,
  RANGES,
  type RangeName,
  readView,
  toIso,
  toQuery,
  type View,
} from "./view";

const at = (text: string) => Date.parse(text) as UnixMs;
const parsed = (query: string, ...names: readonly (keyof View)[]) => names.map((name) => parseView(query)[name]);

test("an empty query is the default view, and the default view has an empty query", () => {
  expect(parseView("")).toEqual(DEFAULT);
  expect(parseView("?")).toEqual(DEFAULT);
  expect(toQuery(DEFAULT)).toBe("");
});

test("a query sets every field of a view", () => {
  const query =
    "?asics=antminer-s9*120,custom:200:3500.5&colours=3,1&power=-12.5&power_unit=ct&fee=2.5&overhead=0.05&adder=-3&hashprice=-20&role=buy&range=1y&unit=sat&scale=log&chart=fees&second=fees&mean=30" +
    "&time=local&theme=dark&sort=-profit&find=bitmain+hydro&block=840000&embed=chart&api=https://example.com/lake" +
    "&sell.file=1k3x9z&sell.zone=Europe/Berlin&sell.rate=EUR:1.1&sell.constant=-7.5&sell.band=2.75&sell.hold=0&name=custom:200:3500.5+Hall+A";

  const view = parseView(query);

  expect(view).toEqual({
    asics: ["antminer-s9", "custom:200:3500.5"],
    colours: new Map([
      ["antminer-s9", 3],
      ["custom:200:3500.5", 1],
    ]),
    power: -12.5,
    powerUnit: "ct",
    poolFee: 0.025,
    overhead: 0.05,
    adder: -3,
    hashpriceChange: -0.2,
    counts: new Map([["antminer-s9", 120]]),
    names: new Map([["custom:200:3500.5", "Hall A"]]),
    role: "buy",
    range: "1y",
    unit: "sat",
    scale: "log",
    chart: "fees",
    second: "fees",
    mean: 30,
    time: "local",
    theme: "dark",
    sort: "-profit",
    find: "bitmain hydro",
    fromHeight: 840_000,
    embed: "chart",
    api: "https://example.com/lake",
    powerFile: { header: "1k3x9z", choices: { zone: "Europe/Berlin" }, rate: { currency: "EUR", usd: 1.1 } },
    constant: -7.5,
    band: 0.0275,
    hold: 0,
  });
  expect(toQuery(view)).toBe(query);
});

test("a time range replaces a named range, and is written in whole seconds", () => {
  const query = "?from=2024-04-15T00:00:00Z&to=2024-04-25T12:30:15Z";

  const view = parseView(`${query}&range=1d`);

  expect(view.range).toEqual({ from: at("2024-04-15T00:00:00Z"), to: at("2024-04-25T12:30:15Z") });
  expect(toQuery(view)).toBe(query);
});

test("a time range is within the years that the API accepts", () => {
  const view = parseView("?from=-271821-04-20T00:00:00Z&to=%2B275760-09-13T00:00:00Z");

  expect(toQuery(view)).toBe("?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z");
  expect(parsed("?from=%2B012000-01-01T00:00:00Z&to=%2B013000-01-01T00:00:00Z", "range")).toEqual(["30d"]);
});

test.each([
  ["asics=", "asics"],
  ["asics=,,ANTMINER,a_b,-x,custom:0:1", "asics"],
  ["power=", "power"],
  ["power=+", "power"],
  ["power=cheap", "power"],
  ["power=NaN", "power"],
  ["power=Infinity", "power"],
  ["power=100000.01", "power"],
  ["power=-100000.01", "power"],
  ["fee=-0.1", "poolFee"],
  ["fee=99.1", "poolFee"],
  ["fee=%", "poolFee"],
  ["power_unit=KWH", "powerUnit"],
  ["overhead=-0.01", "overhead"],
  ["overhead=1.01", "overhead"],
  ["overhead=5%25", "overhead"],
  ["adder=100000.01", "adder"],
  ["adder=-", "adder"],
  ["hashprice=-101", "hashpriceChange"],
  ["hashprice=1000.1", "hashpriceChange"],
  ["colours=1,2", "colours"], // There are three machines.
  ["colours=1,1,2", "colours"],
  ["colours=1,2,9", "colours"],
  ["colours=1,2,x", "colours"],
  ["asics=b*-1,c*1.5,d*1e3,e*,*5,f*10000000,g*2*3", "counts"],
  ["name=", "names"],
  ["name=antminer-s9+Hall+A", "names"],
  ["name=custom:200:3500", "names"],
  ["name=custom:200:3500++", "names"],
  ["range=2d", "range"],
  ["range=__proto__", "range"],
  ["range=constructor", "range"],
  ["from=2024-04-20T00:00:00Z", "range"],
  ["to=2024-04-20T00:00:00Z", "range"],
  ["from=2024-04-20T00:00:00Z&to=2024-04-20T00:00:00Z", "range"],
  ["from=2024-04-21T00:00:00Z&to=2024-04-20T00:00:00Z", "range"],
  ["from=then&to=now", "range"],
  ["unit=USD", "unit"],
  ["scale=", "scale"],
  ["chart=price", "chart"],
  ["second=difficulty", "second"],
  ["mean=2", "mean"],
  ["mean=07", "mean"],
  ["time=CET", "time"],
  ["theme=sepia", "theme"],
  ["sort=--usd", "sort"],
  ["sort=toString", "sort"],
  ["block=-1", "fromHeight"],
  ["block=tip", "fromHeight"],
  ["block=1e99", "fromHeight"],
  ["embed=true", "embed"],
  ["embed=Chart", "embed"],
  ["api=example.com", "api"],
  ["api=javascript:alert(1)", "api"],
  ["api=data:text/html,x", "api"],
  ["api=https://", "api"],
  ["sell.file=A-1&sell.colour=blue&sell.zone=+", "powerFile"],
  ["sell.rate=1.17", "powerFile"],
  ["sell.rate=eur:1", "powerFile"],
  ["sell.rate=EUR:0", "powerFile"],
  ["sell.rate=EUR:1e999", "powerFile"],
  ["sell.constant=1e6", "constant"],
  ["sell.band=100", "band"],
  ["sell.band=", "band"],
  ["sell.hold=-1", "hold"],
] as const)("%s falls back to the default", (query, name) => {
  expect(parseView(`?${query}`)[name]).toEqual(DEFAULT[name]);
});

test.each([
  ["power=abc&range=5y&chart=foo", ["power=abc", "range=5y", "chart=foo"]],
  ["power=1e9&fee=100&overhead=4", ["power=1e9", "fee=100", "overhead=4"]],
  ["from=2025-11-02&to=2025-11-01", ["from=2025-11-02", "to=2025-11-01"]],
  ["from=2025-11-02", ["from=2025-11-02"]],
  ["pool_fee=0.03&power_price=50", ["power_price=50", "pool_fee=0.03"]],
  ["asics=antminer-s9,Model+T,b*-1", ["asics=Model T", "asics=b*-1"]],
  ["asics=a,b,c,d,e,f,g,h,i,a", ["asics=i"]],
  ["mean=2&block=tip&api=example.com", ["mean=2", "block=tip", "api=example.com"]],
  ["sell.file=A-1&sell.rate=eur:1&sell.hold=-1", ["sell.file=A-1", "sell.rate=eur:1", "sell.hold=-1"]],
] as const)("%s cannot be used, and is reported", (query, refused) => {
  expect(readView(`?${query}`).refused.toSorted()).toEqual(refused.toSorted());
});

test("valid, empty and unknown parameters are not reported", () => {
  const query =
    "?asics=antminer-s9*120,antminer-s9&power=71&range=7d&fee=&api=&sell.zone=Europe/Berlin&utm_source=mail&overhead=1";

  expect(readView(query).refused).toEqual([]);
  expect(readView("").refused).toEqual([]);
});

test("the limits of a number are valid themselves", () => {
  expect(parsed("?power=100000&fee=99&block=0", "power", "poolFee", "fromHeight")).toEqual([100_000, 0.99, 0]);
  expect(parsed("?power=-100000&fee=0&block=839999.9", "power", "poolFee", "fromHeight")).toEqual([
    -100_000, 0, 839_999,
  ]);
});

test("machines are listed once, in order, eight at most", () => {
  expect(parsed("?asics=b,a,b,a", "asics")).toEqual([["b", "a"]]);
  expect(parsed("?asics=a,b,c,d,e,f,g,h,i,j", "asics")).toEqual([["a", "b", "c", "d", "e", "f", "g", "h"]]);
});

test("a machine has a count after a *, as in the API; without one there is one of it", () => {
  const view = parseView("?asics=a*120,b,c*1,custom:1:2*9999999,a*7,constructor");

  expect(view.asics).toEqual(["a", "b", "c", "custom:1:2", "constructor"]);
  expect(view.asics.map((id) => countOf(id, view))).toEqual([120, 1, 1, 9_999_999, 1]);
  expect(toQuery(view)).toBe("?asics=a*120,b,c,custom:1:2*9999999,constructor");
});

test("counts and names of machines that are not chosen are not in the query", () => {
  const view = { ...DEFAULT, asics: ["a"], counts: new Map([["b", 5]]), names: new Map([["custom:1:2", "Mine"]]) };

  expect(toQuery(view)).toBe("?asics=a");
});

test("a custom machine has the name that the user gave it", () => {
  const view = parseView("?asics=custom:1:2,custom:3:4&name=custom:1:2++Hall+%26+yard,+north+&name=custom:1:2+Other");

  expect(view.asics.map((id) => customMachine(id, view.names)?.name)).toEqual([
    "Hall & yard, north",
    "Custom (3 TH/s, 4 W)",
  ]);
  expect(parseView(`?name=custom:1:2+${"é".repeat(50)}`).names.get("custom:1:2")).toBe("é".repeat(40));
});

test("a long search is truncated, and the API's URL has no slash at its end", () => {
  expect(parseView(`?find=${"é".repeat(500)}`).find).toBe("é".repeat(100));
  expect(parseView("?api=http://localhost:8080//").api).toBe("http://localhost:8080");
});

test("of a repeated parameter the first one counts", () => {
  expect(parsed("?unit=sat&unit=usd", "unit")).toEqual(["sat"]);
});

test("commas, colons and slashes are not escaped in the query; separators are", () => {
  const view = { ...DEFAULT, asics: ["a", "custom:1:2"], api: "https://a.example/b" };

  expect(toQuery(view)).toBe("?asics=a,custom:1:2&api=https://a.example/b");
  expect(toQuery({ ...DEFAULT, find: "a&b=c#d%2C+e" })).toBe("?find=a%26b%3Dc%23d%252C%2Be");
});

function randomView(random: () => number): View {
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  const letters = [..."abz09 ,:/&=?#%+'\"<>é漢🙂\u0000\n", "%2C", "%3A", "&unit=sat"];
  const start = Math.floor(random() * 2e9);
  const span = { from: (start * 1_000) as UnixMs, to: ((start + Math.ceil(random() * 1e8)) * 1_000) as UnixMs };
  const column = pick(MACHINE_COLUMNS);
  const sixDecimals = (most: number) => Math.round(random() * most * 1e6) / 1e6;
  const own = `custom:${(1 + random() * 1_000).toFixed(6)}:${1 + Math.floor(random() * 9_000)}`;
  const machines = ["antminer-s9", "s21", "m70-hydro", "custom:1:1", "custom:999999.999999:999999", own];
  const asics = machines.slice(Math.floor(random() * machines.length));
  const some = (ids: readonly string[]) => ids.filter(() => random() < 0.5);
  const colours = [1, 2, 3, 4, 5, 6, 7, 8].toSorted(() => random() - 0.5);
  return {
    asics,
    colours: new Map(asics.map((id, at) => [id, colours[at] ?? 0])),
    powerUnit: pick(["mwh", "kwh", "ct"]),
    overhead: pick([0, 0.05, 1, random()]) as Share,
    adder: pick([0, 5, -sixDecimals(100_000), random()]) as UsdPerMwh,
    hashpriceChange: (pick([0, -100, -20, 1_000, sixDecimals(1_000)]) / 100) as Share,
    counts: new Map(some(asics).map((id) => [id, 2 + Math.floor(random() * 9_999_998)])),
    names: new Map(
      some(asics.filter((id) => id.startsWith("custom:"))).map((id) => [id, `a${pick(letters)}${pick(letters)}z`]),
    ),
    power: pick([0, 50, sixDecimals(100_000), -sixDecimals(100_000), random() / 1e9]) as UsdPerMwh,
    poolFee: (pick([0, 1, sixDecimals(99)]) / 100) as Share,
    role: pick(["own", "buy"]),
    range: random() < 0.5 ? pick(Object.keys(RANGES) as RangeName[]) : span,
    unit: pick(["usd", "sat"]),
    scale: pick(["auto", "linear", "log"]),
    chart: pick(CHARTS),
    second: pick(["none", "hashprice", "price", "fees"]),
    mean: pick([0, 1, 7, 30]),
    time: pick(["utc", "local"]),
    theme: pick(["auto", "light", "dark"]),
    sort: pick([column, `-${column}` as const]),
    find: Array.from({ length: Math.floor(random() * 10) }, () => pick(letters)).join(""),
    fromHeight: random() < 0.5 ? null : Math.floor(random() * 1e6),
    embed: pick(["", "1", "chart", "tiles"] as const),
    api: pick(["", "http://127.0.0.1:8080", "https://example.com/a,b:c?d=e&f=%2C"]),
    powerFile: pick([
      DEFAULT.powerFile,
      { header: "", choices: {}, rate: { currency: "EUR", usd: 1.17 } },
      {
        header: "1x2y3z",
        choices: { zone: "UTC-05:00", price: "SE3 Price (EUR/MWh), ∅", place: "a&b=c" },
        rate: { currency: "JPY", usd: 6.7e-7 },
      },
    ]),
    constant: pick([null, 0, sixDecimals(100_000), -sixDecimals(100_000)]) as View["constant"],
    band: (pick([0, 2, sixDecimals(99)]) / 100) as Share,
    hold: pick([0, 6, Math.floor(random() * 100_001)]),
  };
}

test("a link has the colours of machines only where they differ from the machines' order", () => {
  expect(toQuery(parseView("?asics=a,b&colours=1,2"))).toBe("?asics=a,b");
  expect(toQuery(parseView("?asics=a,b&colours=2,1"))).toBe("?asics=a,b&colours=2,1");
});

test.each([1, 2, 3, 4, 5])("a view that is written and read again is the same (%i)", (seed) => {
  const random = randomFrom(seed);

  for (let round = 0; round < 400; round++) {
    const view = randomView(random);
    expect(parseView(toQuery(view)), toQuery(view)).toEqual(view);
  }
});

const NAMES =
  "asics colours name power power_unit fee overhead adder hashprice range from to unit scale second mean time theme sort find block embed api sell.file sell.zone sell.rate sell.constant sell.band sell.hold".split(
    " ",
  );
const PIECES = [
  ...NAMES,
  ...[
    "=",
    "=",
    "=",
    "&",
    "&",
    "?",
    "#",
    "%",
    "%00",
    "%E0%A4%A",
    "%F0%9F",
    "+",
    "-",
    ",",
    ":",
    "/",
    ".",
    "\u0000",
    "\ud800",
    "🙂",
    "[]",
    "{}",
  ],
  ...["0", "1", "7", "9e9", "1e309", "0x1F", "-0", "NaN", "Infinity", "null", "undefined", "__proto__", "constructor"],
  ...[
    "custom:",
    "custom:0:0",
    "custom:1:1",
    "*",
    "*12",
    "*0",
    "custom:1:1+",
    "https://",
    "javascript:",
    "sat",
    "log",
    "30d",
  ],
  ...[
    "2024-04-20",
    "2024-04-20T00:00:00Z",
    "-271821-04-20T00:00:00Z",
    "%2B275760-09-13T00:00:00Z",
    "9999-12-31T23:59:59Z",
  ],
];

/** Expects a valid view, also where the type cannot say so. */
function expectIsView(view: View, query: string): void {
  const choices: readonly (readonly [unknown, readonly unknown[]])[] = [
    [view.unit, ["usd", "sat"]],
    [view.powerUnit, ["mwh", "kwh", "ct"]],
    [view.scale, ["auto", "linear", "log"]],
    [view.chart, CHARTS],
    [view.second, ["none", "hashprice", "price", "fees"]],
    [view.mean, [0, 1, 7, 30]],
    [view.time, ["utc", "local"]],
    [view.theme, ["auto", "light", "dark"]],
    [view.sort.replace("-", ""), MACHINE_COLUMNS],
    [view.embed, ["", "1", "chart", "tiles"]],
  ];
  for (const [value, allowed] of choices) expect(allowed, query).toContain(value);
  const { asics, counts, names, power, poolFee, overhead, adder, range, fromHeight, find, api } = view;
  const isRange = typeof range === "string" ? Object.hasOwn(RANGES, range) : range.from < range.to;
  const isAsics = 1 <= asics.length && asics.length <= MAX_MACHINES && new Set(asics).size === asics.length;
  const isHeight = fromHeight === null || (Number.isInteger(fromHeight) && 0 <= fromHeight);
  const areCosts = [power, adder].every((usd) => Math.abs(usd) <= 100_000) && 0 <= poolFee && poolFee <= 0.99;
  const isSite = 0 <= overhead && overhead <= 1 && [...names.values()].every((name) => 0 < name.length);
  const areCounts = [...counts].every(
    ([id, count]) => asics.includes(id) && count !== 1 && 0 <= count && count <= 9_999_999,
  );
  const isApi = api === "" || /^https?:/i.test(api.trim());
  const isFind = find.length <= 100;
  const all = [isRange, isAsics, isHeight, areCosts, isSite, areCounts, isApi, isFind];
  expect(all, query).toEqual(Array(all.length).fill(true));
}

test.each([1, 2, 3, 4, 5])(
  "garbage never throws, and the resulting view can be written, read and requested (%i)",
  (seed) => {
    const random = randomFrom(seed);
    const piece = () => PIECES[Math.floor(random() * PIECES.length)] ?? "";
    const garbage = (most: number) => Array.from({ length: Math.floor(random() * most) }, piece).join("");

    for (let round = 0; round < 1_000; round++) {
      const query =
        random() < 0.3
          ? garbage(30)
          : NAMES.map((name) => `&${name}=${random() < 0.5 ? piece() : garbage(4)}`).join("");
      const view = parseView(query);
      expectIsView(view, query);
      expect(toQuery(parseView(toQuery(view))), query).toBe(toQuery(view));
      expect(() => seriesPath(view, at("2025-11-22T00:00:00Z")), query).not.toThrow();
    }
  },
);

test("times are written in whole seconds, rounded down", () => {
  expect(toIso(1_713_571_767_999 as UnixMs)).toBe("2024-04-20T00:09:27Z");
  expect(toIso(0 as UnixMs)).toBe("1970-01-01T00:00:00Z");
});

test("times that the API does not accept become the first or last that it does", () => {
  expect(clampTime(-Infinity)).toBe(-62_167_219_200_000); // The API's first second.
  expect(clampTime(Infinity)).toBe(253_402_300_799_000); // The API's last second.
  expect(toIso(9e15 as UnixMs)).toBe("9999-12-31T23:59:59Z"); // Beyond the range of `Date`.
  expect(clampTime(1_713_571_767_000)).toBe(1_713_571_767_000);
});

describe("custom machines", () => {
  test("are named by their figures", () => {
    const id = "custom:200:3500.5";

    expect(customMachine(id)).toEqual({ id, name: "Custom (200 TH/s, 3500.5 W)", hashrate: 200, power: 3_500.5 });
  });

  test.each([
    ...["custom:1:1", "custom:999999:999999", "custom:234:3510", "custom:1.2:10.25", "custom:1.000000:2.123456"],
    "custom:999999.999999:1", // The API's pattern allows decimals above 999999.
  ])("can be %s", (id) => {
    expect(customMachine(id)).not.toBeNull();
    expect(parseView(`?asics=${id}`).asics).toEqual([id]);
  });

  // The API refuses these too: see the query function's tests of custom machines.
  test.each([
    ...["custom:0.5:10.25", "custom:0234:3510", "custom:234", "custom:0:3510", "custom:234:-1", "custom:1e3:3510"],
    ...["custom:nan:3510", "custom:1234567:3510", "", "custom:", "custom::", "custom:1:", "custom::1", "custom:1:1:1"],
    ...["Custom:1:1", " custom:1:1", "custom:1:1\n", "custom:+1:1", "custom:1.:1", "custom:.5:1"],
    ...["custom:1.1234567:1", "custom:1:1000000", "custom:1,5:1", "custom:٣:1", "custom:1 :1", "antminer-s9"],
  ])("cannot be %j", (id) => {
    expect(customMachine(id)).toBeNull();
  });

  test("can have any figures from 1 up, with up to six decimals", () => {
    const random = randomFrom(7);
    for (let round = 0; round < 1_000; round++) {
      const [hashrate, power] = [0, 1].map(() => (1 + random() * 999_998).toFixed(Math.floor(random() * 7))) as [
        string,
        string,
      ];
      const id = `custom:${hashrate}:${power}`;
      expect(customMachine(id), id).toMatchObject({ hashrate: Number(hashrate), power: Number(power) });
    }
  });
});
