//! A node with full blocks. Each block has 4,000 transactions of two inputs and two outputs. The
//! witness of each input is as long as one with a real signature and a real key.

use std::iter::once;

use bitcoincore_rpc::bitcoin::absolute::LockTime;
use bitcoincore_rpc::bitcoin::block::{Header, Version};
use bitcoincore_rpc::bitcoin::consensus::encode::serialize_hex;
use bitcoincore_rpc::bitcoin::hashes::Hash;
use bitcoincore_rpc::bitcoin::opcodes::all::{OP_2DROP, OP_PUSHNUM_1, OP_RETURN};
use bitcoincore_rpc::bitcoin::script::Builder;
use bitcoincore_rpc::bitcoin::{
    Amount, Block, BlockHash, CompactTarget, OutPoint, ScriptBuf, Transaction, TxIn, TxMerkleNode,
    TxOut, Txid, Witness, transaction,
};
use hashlake_core::chain::Chain;
use serde_json::json;
use testenv::bitcoind::Bitcoind;

/// Number of full blocks.
pub(crate) const FULL_BLOCKS: u32 = 200;

// Transactions per full block. Each has less than 1,000 weight units; a block has at most 4 million.
const TRANSACTIONS: usize = 4000;
const MATURITY: u32 = 100; // A coinbase can be spent after this many blocks.
const FEE_SAT: u64 = 1000;
const SIGNATURE_BYTES: usize = 72;
const KEY_BYTES: usize = 33;
const BITS: u32 = 0x207f_ffff; // The target of all regtest blocks.
const COMMITMENT_HEADER: [u8; 4] = [0xaa, 0x21, 0xa9, 0xed]; // Marks a witness commitment (BIP 141).

/// Starts a node whose last [`FULL_BLOCKS`] blocks are full; returns the node, and the first and last
/// height of these blocks.
pub(crate) async fn node() -> (Bitcoind, (u32, u32)) {
    let node = Bitcoind::start(&[]).await;
    node.mine(MATURITY + 1).await;
    let first_hash = node.call("getblockhash", json!([1])).await;
    let first = node.call("getblock", json!([first_hash])).await;
    let coinbase = first["tx"][0].as_str().expect("a hash");
    let coinbase: Txid = coinbase.parse().expect("a hash");

    let mut tip = Tip::of(&node).await;
    let first_inputs = split_output(OutPoint::new(coinbase, 0), Amount::from_int_btc(50));
    let mut utxos: Vec<Utxo> = utxos_of(&first_inputs);
    tip.mine(&node, vec![first_inputs], FEE_SAT).await;
    let first_full = tip.height + 1;
    for _ in 0..FULL_BLOCKS {
        let transactions: Vec<_> = utxos.chunks(2).map(spend).collect();
        utxos = transactions.iter().flat_map(utxos_of).collect();
        let fees = FEE_SAT * u64::try_from(transactions.len()).expect("thousands");
        tip.mine(&node, transactions, fees).await;
    }
    (node, (first_full, tip.height))
}

struct Tip {
    height: u32,
    hash: BlockHash,
    time: u32,
}

impl Tip {
    async fn of(node: &Bitcoind) -> Self {
        let hash = node.call("getbestblockhash", json!([])).await;
        let header = node.call("getblockheader", json!([hash])).await;
        let number = |field: &str| {
            let number = header[field].as_u64().expect("a number");
            u32::try_from(number).expect("32 bits")
        };
        Self {
            height: number("height"),
            hash: hash
                .as_str()
                .and_then(|hash| hash.parse().ok())
                .expect("a hash"),
            time: number("time"),
        }
    }

    /// Mines a block with these transactions, whose fees are `fees_sat` in total.
    async fn mine(&mut self, node: &Bitcoind, transactions: Vec<Transaction>, fees_sat: u64) {
        self.height += 1;
        self.time += 60;
        node.call("setmocktime", json!([self.time])).await;
        let mut block = Block {
            header: Header {
                version: Version::NO_SOFT_FORK_SIGNALLING,
                prev_blockhash: self.hash,
                merkle_root: TxMerkleNode::all_zeros(),
                time: self.time,
                bits: CompactTarget::from_consensus(BITS),
                nonce: 0,
            },
            txdata: once(coinbase(self.height, fees_sat))
                .chain(transactions)
                .collect(),
        };
        commit_to_witnesses(&mut block);
        block.header.merkle_root = block.compute_merkle_root().expect("it has transactions");
        while block.header.validate_pow(block.header.target()).is_err() {
            block.header.nonce += 1;
        }
        self.hash = block.block_hash();
        let refused = node
            .call("submitblock", json!([serialize_hex(&block)]))
            .await;
        assert!(refused.is_null(), "block {}: {refused}", self.height);
    }
}

fn coinbase(height: u32, fees_sat: u64) -> Transaction {
    let subsidy = Chain::Regtest.subsidy(height).to_sat();
    let paid = u64::try_from(subsidy).expect("not negative") + fees_sat;
    let input = TxIn {
        script_sig: Builder::new().push_int(height.into()).into_script(),
        witness: Witness::from_slice(&[[0; 32]]), // The witness reserved value of BIP 141.
        ..TxIn::default()
    };
    transaction(vec![input], vec![output(Amount::from_sat(paid))])
}

fn commit_to_witnesses(block: &mut Block) {
    let root = block.witness_root().expect("it has transactions");
    let commitment = Block::compute_witness_commitment(&root, &[0; 32]);
    let data = [&COMMITMENT_HEADER[..], commitment.as_byte_array()].concat();
    let data: [u8; 36] = data.try_into().expect("4 and 32 bytes");
    block.txdata[0].output.push(TxOut {
        value: Amount::ZERO,
        script_pubkey: Builder::new()
            .push_opcode(OP_RETURN)
            .push_slice(data)
            .into_script(),
    });
}

/// Splits an output into the inputs of one full block: two for each of its transactions.
fn split_output(outpoint: OutPoint, value: Amount) -> Transaction {
    let parts = u64::try_from(2 * TRANSACTIONS).expect("thousands");
    let part = (value - Amount::from_sat(FEE_SAT)) / parts;
    let input = TxIn {
        previous_output: outpoint,
        ..TxIn::default()
    };
    let mut outputs = vec![output(part); 2 * TRANSACTIONS];
    outputs[0].value += value - Amount::from_sat(FEE_SAT) - part * parts;
    transaction(vec![input], outputs)
}

#[derive(Clone, Copy)]
struct Utxo {
    outpoint: OutPoint,
    value: Amount,
}

fn utxos_of(transaction: &Transaction) -> Vec<Utxo> {
    let txid = transaction.compute_txid();
    let utxo = |(index, output): (u32, &TxOut)| Utxo {
        outpoint: OutPoint::new(txid, index),
        value: output.value,
    };
    (0..).zip(&transaction.output).map(utxo).collect()
}

/// Spends these outputs, and makes a new output from each. The first one pays the fee.
fn spend(utxos: &[Utxo]) -> Transaction {
    let inputs = utxos.iter().map(|utxo| TxIn {
        previous_output: utxo.outpoint,
        witness: witness(),
        ..TxIn::default()
    });
    let fee = Amount::from_sat(FEE_SAT);
    let outputs = utxos.iter().enumerate().map(|(index, utxo)| {
        output(if index == 0 {
            utxo.value - fee
        } else {
            utxo.value
        })
    });
    transaction(inputs.collect(), outputs.collect())
}

fn transaction(input: Vec<TxIn>, output: Vec<TxOut>) -> Transaction {
    Transaction {
        version: transaction::Version::TWO,
        lock_time: LockTime::ZERO,
        input,
        output,
    }
}

fn output(value: Amount) -> TxOut {
    TxOut {
        value,
        script_pubkey: accept_anything().to_p2wsh(),
    }
}

/// A script that accepts every signature and public key.
fn accept_anything() -> ScriptBuf {
    Builder::new()
        .push_opcode(OP_2DROP)
        .push_opcode(OP_PUSHNUM_1)
        .into_script()
}

fn witness() -> Witness {
    let script = accept_anything();
    Witness::from_slice(&[
        &[0x30; SIGNATURE_BYTES][..],
        &[0x02; KEY_BYTES],
        script.as_bytes(),
    ])
}
