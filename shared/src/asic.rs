//! The catalogue of miner models, with the source of each figure.

use std::str::FromStr;

use serde::Deserialize;

use crate::month::Month;
use crate::units::{HashesPerSecond, JoulesPerTh};

const HASHES_PER_TERAHASH: f64 = 1e12;
const WATTS_PER_MW: f64 = 1e6;

/// A miner model (ASIC: application-specific integrated circuit).
#[derive(Clone, Debug, PartialEq)]
pub struct Asic {
    /// A stable identifier, such as `antminer-s21-pro-234`.
    pub id: String,
    /// Name and hash rate as the manufacturer writes them.
    pub name: String,
    /// The manufacturer.
    pub vendor: String,
    /// `air`, `hydro` or `immersion`.
    pub cooling: String,
    /// Month in which sales began, if known.
    pub released: Option<Month>,
    /// Nominal hash rate in TH/s.
    pub hashrate_ths: f64,
    /// Nominal power at the wall socket in W.
    pub power_w: f64,
    /// Source of the figures.
    pub source: String,
}

impl Asic {
    /// Power divided by hash rate.
    pub fn efficiency(&self) -> JoulesPerTh {
        JoulesPerTh::new(self.power_w / self.hashrate_ths).expect("both are positive")
    }

    /// How many machines draw one megawatt; it need not be a whole number.
    pub fn machines_per_mw(&self) -> f64 {
        WATTS_PER_MW / self.power_w
    }

    /// Hash rate of as many machines as draw one megawatt.
    pub fn hashrate_per_mw(&self) -> HashesPerSecond {
        let hs = self.machines_per_mw() * self.hashrate_ths * HASHES_PER_TERAHASH;
        HashesPerSecond::new(hs).expect("both are positive")
    }
}

/// The catalogue, sorted by identifier: current miner models, and important ones since 2013.
pub fn catalogue() -> Vec<Asic> {
    let mut asics =
        parse(include_str!("asics.csv")).expect("a test parses the catalogue that is compiled in");
    asics.sort_by(|a, b| a.id.cmp(&b.id));
    asics
}

#[derive(Deserialize)]
struct Row {
    asic_id: String,
    name: String,
    vendor: String,
    cooling: String,
    released: String,
    hashrate_ths: f64,
    power_w: f64,
    source: String,
}

fn parse(text: &str) -> Result<Vec<Asic>, csv::Error> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize();
    rows.map(|row| {
        let Row {
            asic_id: id,
            name,
            vendor,
            cooling,
            released,
            hashrate_ths,
            power_w,
            source,
        } = row?;
        let released = Month::from_str(&released).ok();
        Ok(Asic {
            id,
            name,
            vendor,
            cooling,
            released,
            hashrate_ths,
            power_w,
            source,
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn catalogue_has_miners_of_each_year_since_2013_with_their_sources() {
        let asics = catalogue();

        for asic in &asics {
            let efficiency = asic.efficiency().to_joules_per_th();
            assert!(
                (5.0..=2_000.0).contains(&efficiency),
                "{}: {efficiency} J/TH",
                asic.id
            );
            assert!(asic.released.is_some(), "{}", asic.id);
            assert!(
                ["air", "hydro", "immersion"].contains(&asic.cooling.as_str()),
                "{}",
                asic.id
            );
            assert!(
                asic.source.len() > 10 && !asic.vendor.is_empty() && !asic.name.is_empty(),
                "{}",
                asic.id
            );
            assert!(
                asic.id
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{}",
                asic.id
            );
        }
        assert!(
            asics.windows(2).all(|pair| pair[0].id < pair[1].id),
            "identifiers are not unique or not sorted"
        );
        let years: BTreeSet<u16> = asics
            .iter()
            .filter_map(|asic| Some(asic.released?.year()))
            .collect();
        assert_eq!(years, (2013..=2026).collect());
    }

    #[test]
    fn s9_has_the_figures_of_its_time() {
        let asics = catalogue();
        let asic = asics.iter().find(|asic| asic.id == "antminer-s9-13-5");

        let asic = asic.expect("in the catalogue");

        assert_eq!(asic.efficiency().to_joules_per_th(), 98.0); // 0.098 J/GH.
        assert_eq!(asic.released, Month::from_str("2016-06").ok());
    }

    #[test]
    fn s21_pro_has_the_figures_that_bitmain_publishes() {
        let asics = catalogue();
        let asic = asics
            .iter()
            .find(|asic| asic.id == "antminer-s21-pro-234")
            .expect("in the catalogue");

        assert_eq!((asic.hashrate_ths, asic.power_w), (234.0, 3510.0));
        assert_eq!(asic.efficiency().to_joules_per_th(), 15.0);
        assert_eq!(format!("{:.3}", asic.machines_per_mw()), "284.900");
        assert_eq!(
            format!("{:.12e}", asic.hashrate_per_mw().to_hs()),
            "6.666666666667e16"
        ); // 1e6 W / 15 J/TH x 1e12 H/TH.
    }
}
