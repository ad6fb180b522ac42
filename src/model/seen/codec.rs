//! Seen items as they are stored: groups of items, each group with its day.
//!
//! All numbers are little-endian. A group is `day u32, count u32, items`; the first is what the feed shows. An item is `flags
//! u8`, then what the flags announce: `id u128, guid u64, link u64, text u64, words u64, published
//! i64`; `figures u32, body u32, sketch u32`; and
//! where the flags say so, `count u8, told u32 …`. The value begins with [`MARK`].

use super::{ItemKeys, MAX_TOLD, Seen, SeenItem};
use crate::model::ItemId;

/// No group of the first format begins so: its first day is 0.
const MARK: [u8; 4] = *b"seen";
const ID: u8 = 1;
const GUID: u8 = 1 << 1;
const LINK: u8 = 1 << 2;
const TEXT: u8 = 1 << 3;
const WORDS: u8 = 1 << 4;
const PUBLISHED: u8 = 1 << 5;
const TOLD: u8 = 1 << 6;
/// Fewest bytes of an item.
const MIN_BYTES: usize = 12;

type ItemReader = fn(&mut &[u8]) -> Result<SeenItem, SeenError>;

/// The stored value is not one that this program wrote.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seen items of a feed are damaged: {0}")]
pub struct SeenError(&'static str);

impl Seen {
    /// The value as stored.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        put_group(&mut bytes, 0, &self.present);
        self.gone.iter().for_each(|(day, items)| put_group(&mut bytes, *day, items));
        bytes
    }

    /// Reads what [`Seen::encode`] wrote, or an earlier version. An empty value is a feed that was never read.
    pub fn decode(bytes: &[u8]) -> Result<Seen, SeenError> {
        let (mut bytes, item) = match bytes.strip_prefix(&MARK) {
            Some(rest) => (rest, take_item as ItemReader),
            None => (bytes, take_key as ItemReader),
        };
        let mut groups = Vec::new();
        while !bytes.is_empty() {
            let (day, count) = (u32::from_le_bytes(take(&mut bytes)?), u32::from_le_bytes(take(&mut bytes)?) as usize);
            let mut items = Vec::with_capacity(count.min(bytes.len() / MIN_BYTES));
            for _ in 0..count {
                items.push(item(&mut bytes)?);
            }
            groups.push((day, items));
        }
        let mut groups = groups.into_iter();
        let present = groups.next().map(|(_, items)| items).unwrap_or_default();
        Ok(Seen { present, gone: groups.collect() })
    }
}

fn put_group(bytes: &mut Vec<u8>, day: u32, items: &[SeenItem]) {
    bytes.extend_from_slice(&day.to_le_bytes());
    bytes.extend_from_slice(&(items.len() as u32).to_le_bytes());
    items.iter().for_each(|item| put_item(bytes, item));
}

fn put_item(bytes: &mut Vec<u8>, item: &SeenItem) {
    let SeenItem { id, keys, told } = item;
    let told = &told[..told.len().min(MAX_TOLD)];
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    bytes.push(
        flag(id.is_some(), ID)
            | flag(keys.guid.is_some(), GUID)
            | flag(keys.link.is_some(), LINK)
            | flag(keys.text.is_some(), TEXT)
            | flag(keys.words.is_some(), WORDS)
            | flag(keys.published.is_some(), PUBLISHED)
            | flag(!told.is_empty(), TOLD),
    );
    bytes.extend(id.iter().flat_map(|id| id.to_bytes()));
    bytes.extend([keys.guid, keys.link, keys.text, keys.words].into_iter().flatten().flat_map(u64::to_le_bytes));
    bytes.extend(keys.published.iter().flat_map(|at| at.to_le_bytes()));
    bytes.extend([keys.figures, keys.body, keys.sketch].into_iter().flat_map(u32::to_le_bytes));
    if !told.is_empty() {
        bytes.push(told.len() as u8);
        bytes.extend(told.iter().flat_map(|watch| watch.to_le_bytes()));
    }
}

fn take_item(bytes: &mut &[u8]) -> Result<SeenItem, SeenError> {
    let [flags] = take::<1>(bytes)?;
    if flags >= TOLD << 1 {
        return Err(SeenError("an unknown flag"));
    }
    let mut number = |flag: u8| -> Result<Option<[u8; 8]>, SeenError> {
        if flags & flag == 0 { Ok(None) } else { take::<8>(bytes).map(Some) }
    };
    let id = match (number(ID)?, number(ID)?) {
        (Some(head), Some(tail)) => ItemId::from_bytes(&[head, tail].concat()),
        _ => None,
    };
    let guid = number(GUID)?.map(u64::from_le_bytes);
    let link = number(LINK)?.map(u64::from_le_bytes);
    let text = number(TEXT)?.map(u64::from_le_bytes);
    let words = number(WORDS)?.map(u64::from_le_bytes);
    let published = number(PUBLISHED)?.map(i64::from_le_bytes);
    let mut number = || take(bytes).map(u32::from_le_bytes);
    let (figures, body, sketch) = (number()?, number()?, number()?);
    let told = if flags & TOLD == 0 { 0 } else { usize::from(take::<1>(bytes)?[0]) };
    let told = (0..told).map(|_| take(bytes).map(u32::from_le_bytes)).collect::<Result<_, _>>()?;
    Ok(SeenItem { id, keys: ItemKeys { guid, link, text, words, figures, body, published, sketch }, told })
}

/// The formats before kept a row a key, and nothing of what the item said: `key u64, sketch u32`.
fn take_key(bytes: &mut &[u8]) -> Result<SeenItem, SeenError> {
    let (key, sketch) = (u64::from_le_bytes(take(bytes)?), u32::from_le_bytes(take(bytes)?));
    let keys =
        ItemKeys { guid: Some(key), link: None, text: None, words: None, figures: 0, body: 0, published: None, sketch };
    Ok(SeenItem { id: None, keys, told: Vec::new() })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], SeenError> {
    let (head, rest) = bytes.split_first_chunk::<N>().ok_or(SeenError("cut short"))?;
    *bytes = rest;
    Ok(*head)
}
