// All markets whose files are recognised. The first that fits counts.

import { aemo } from "./aemo";
import { aeso } from "./aeso";
import { aesoMarginal } from "./aeso-marginal";
import { amber } from "./amber";
import { apg } from "./apg";
import { awattar } from "./awattar";
import { caiso } from "./caiso";
import { ccee } from "./ccee";
import { cenace } from "./cenace";
import { chile } from "./chile";
import { elexonIndex } from "./elexon-index";
import { elexonSystem } from "./elexon-system";
import { elia } from "./elia";
import { energinet } from "./energinet";
import { energyzero } from "./energyzero";
import { entsoe } from "./entsoe";
import { epex } from "./epex";
import { epias } from "./epias";
import { ercotDayAhead } from "./ercot-day-ahead";
import { ercotRealTime } from "./ercot-real-time";
import { ercotSced } from "./ercot-sced";
import { esios } from "./esios";
import { gridstatus } from "./gridstatus";
import { hupx } from "./hupx";
import { iesoHoep } from "./ieso-hoep";
import { iesoZonal } from "./ieso-zonal";
import { iexIndia } from "./iex-india";
import { isoNe } from "./iso-ne";
import { isoNeFiveMinute } from "./iso-ne-five-minute";
import { jepx } from "./jepx";
import { jeroen } from "./jeroen";
import { kpx } from "./kpx";
import type { Market } from "./market";
import { miso } from "./miso";
import { nordPool } from "./nord-pool";
import { nordPoolElspot } from "./nord-pool-elspot";
import { nyiso } from "./nyiso";
import { nzEmi } from "./nz-emi";
import { octopus } from "./octopus";
import { omie } from "./omie";
import { ote } from "./ote";
import { pjm } from "./pjm";
import { singaporeEmc } from "./singapore-emc";
import { smard } from "./smard";
import { spp } from "./spp";
import { tge } from "./tge";
import { tibber } from "./tibber";
import { xmColombia } from "./xm-colombia";

export const MARKETS: readonly Market[] = [
  ercotRealTime,
  ercotDayAhead,
  ercotSced,
  caiso,
  pjm,
  nyiso,
  isoNe,
  isoNeFiveMinute,
  spp,
  miso,
  iesoHoep,
  iesoZonal,
  aesoMarginal,
  aeso,
  aemo,
  nzEmi,
  singaporeEmc,
  jepx,
  kpx,
  epias,
  iexIndia,
  entsoe,
  nordPool,
  nordPoolElspot,
  smard,
  epex,
  omie,
  esios,
  elexonIndex,
  elexonSystem,
  octopus,
  amber,
  energinet,
  jeroen,
  apg,
  hupx,
  ote,
  tge,
  elia,
  awattar,
  tibber,
  energyzero,
  cenace,
  xmColombia,
  chile,
  ccee,
  gridstatus,
];
