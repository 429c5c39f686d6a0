//! Episodes: their tokens and the pages that hold what was read.

use std::rc::Rc;

use super::model::PackedTransformer;
use super::page::{PageShape, PAGE};
use crate::transformer::error::{refuse, Outcome};

/// One episode. Pages are shared with the episodes that begin alike, until one of them writes.
#[derive(Default)]
pub struct Slot {
    pub tokens: Vec<u32>,
    /// Whether the keys are turned as those of a long sequence.
    pub long: bool,
    pub pages: Vec<Rc<Vec<u8>>>,
    /// Number of the adapter that its rows go through.
    pub adapter: Option<usize>,
}

fn new_page(bytes: usize) -> Outcome<Vec<u8>> {
    let mut page = Vec::new();
    if page.try_reserve_exact(bytes).is_err() {
        return refuse(
            "feed",
            format_args!("no memory for a page of {bytes} bytes"),
        );
    }
    Ok(page)
}

impl Slot {
    /// Makes the pages of positions `from .. to` this slot's own.
    pub fn reserve(&mut self, shape: &PageShape, from: usize, to: usize) -> Outcome<()> {
        for index in from / PAGE..to.div_ceil(PAGE) {
            match self.pages.get_mut(index) {
                None => {
                    let mut page = new_page(shape.bytes())?;
                    page.resize(shape.bytes(), 0);
                    self.pages.push(Rc::new(page));
                }
                Some(page) => {
                    if Rc::get_mut(page).is_none() {
                        let mut copy = new_page(shape.bytes())?;
                        copy.extend_from_slice(page);
                        *page = Rc::new(copy);
                    }
                }
            }
        }
        Ok(())
    }

    /// Forgets the positions from `length` on.
    pub fn truncate(&mut self, length: usize) {
        self.tokens.truncate(length);
        self.pages.truncate(length.div_ceil(PAGE));
    }

    /// Stores keys and values of rows at positions `base ..`, whose pages are this slot's own.
    ///
    /// # Shapes
    /// `projected [rows, width]`; keys begin at `key_at` of a row and values behind all keys.
    pub fn store(
        &mut self,
        shape: &PageShape,
        layer: usize,
        base: usize,
        projected: &[f32],
        width: usize,
        (key_at, heads, dimension): (usize, usize, usize),
    ) {
        for (position, row) in (base..).zip(projected.chunks_exact(width)) {
            let Some(page) = self.pages.get_mut(position / PAGE).and_then(Rc::get_mut) else {
                continue;
            };
            for head in 0..heads {
                let key = &row[key_at + head * dimension..][..dimension];
                let value = &row[key_at + (heads + head) * dimension..][..dimension];
                shape.store(page, layer, head, position % PAGE, key, value);
            }
        }
    }
}

impl PackedTransformer {
    /// Opens an empty episode; ids of closed slots are used again.
    pub fn open_slot(&mut self) -> u32 {
        self.put_slot(Slot::default())
    }

    pub(super) fn put_slot(&mut self, slot: Slot) -> u32 {
        let free = self.slots.iter().position(Option::is_none);
        let id = free.unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[id] = Some(slot);
        id as u32
    }

    pub(super) fn slot(&self, cannot: &str, slot: u32) -> Outcome<&Slot> {
        match self.slots.get(slot as usize) {
            Some(Some(slot)) => Ok(slot),
            _ => refuse(cannot, format_args!("slot {slot} is not open")),
        }
    }

    /// Opens an episode that begins with the first `length` tokens of another: nothing is computed or copied.
    ///
    /// # Errors
    /// If the slot is closed or has fewer tokens.
    pub fn copy_slot(&mut self, slot: u32, length: usize) -> Outcome<u32> {
        let from = self.slot("copy a slot", slot)?;
        self.check_length("copy a slot", slot, length)?;
        let copy = Slot {
            tokens: from.tokens[..length].to_vec(),
            long: from.long,
            pages: from.pages[..length.div_ceil(PAGE)].to_vec(),
            adapter: from.adapter,
        };
        Ok(self.put_slot(copy))
    }

    /// Frees an episode's memory.
    pub fn close_slot(&mut self, slot: u32) -> Outcome<()> {
        self.slot("close a slot", slot)?;
        self.slots[slot as usize] = None;
        Ok(())
    }

    /// Number of tokens in a slot.
    pub fn slot_length(&self, slot: u32) -> Outcome<usize> {
        Ok(self.slot("read a slot", slot)?.tokens.len())
    }

    /// Tokens of a slot.
    pub fn slot_tokens(&self, slot: u32) -> Outcome<&[u32]> {
        Ok(&self.slot("read a slot", slot)?.tokens)
    }

    fn check_length(&self, cannot: &str, slot: u32, length: usize) -> Outcome<()> {
        let now = self.slot(cannot, slot)?.tokens.len();
        if length > now {
            let state = format!("slot {slot} has {now} tokens, fewer than {length}");
            return refuse(cannot, state);
        }
        Ok(())
    }

    /// Forgets all but the first `length` tokens of a slot.
    pub fn truncate_slot(&mut self, slot: u32, length: usize) -> Outcome<()> {
        self.check_length("truncate a slot", slot, length)?;
        if let Some(Some(slot)) = self.slots.get_mut(slot as usize) {
            slot.truncate(length);
        }
        Ok(())
    }

    /// Bytes of all pages, shared ones once.
    pub fn cache_bytes(&self) -> usize {
        let mut seen: Vec<*const Vec<u8>> = Vec::new();
        for page in self.slots.iter().flatten().flat_map(|s| &s.pages) {
            seen.push(Rc::as_ptr(page));
        }
        seen.sort_unstable();
        seen.dedup();
        seen.len() * self.page.bytes()
    }
}
