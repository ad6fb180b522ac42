//! The way back from a folded text: where its bytes came from.
//!
//! Most letters fold to as many bytes as they had, so a text is a few runs: a stretch in which folded and original bytes
//! go in step, or a letter that changed its width, became several, or stands for dropped ones as well.

use std::ops::Range;

/// Runs in order; each goes as far as the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Origin {
    runs: Vec<Run>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// Its first byte in the folded text.
    at: u32,
    /// The original byte that this one came from.
    start: u32,
    /// How many original bytes the whole run stands for; 0 where they go in step.
    whole: u32,
}

impl Origin {
    /// The next `width` folded bytes, from `at` on, are one letter that stands for `span`.
    pub(super) fn push(&mut self, at: usize, width: usize, span: &Range<usize>) {
        if width == span.len() {
            return self.push_in_step(at, span.start);
        }
        let same = self.runs.last().is_some_and(|last| last.whole > 0 && last.span() == *span);
        if !same {
            self.runs.push(Run { at: at as u32, start: span.start as u32, whole: span.len() as u32 });
        }
    }

    /// From `at` on, folded bytes go in step with the original ones from `start` on.
    pub(super) fn push_in_step(&mut self, at: usize, start: usize) {
        let goes_on = self
            .runs
            .last()
            .is_some_and(|last| last.whole == 0 && start + last.at as usize == at + last.start as usize);
        if !goes_on {
            self.runs.push(Run { at: at as u32, start: start as u32, whole: 0 });
        }
    }

    /// Lets the last letter, which begins at `at`, stand for all up to the original byte `end`.
    pub(super) fn absorb(&mut self, at: usize, end: usize) {
        let start = self.start(at);
        if self.runs.last().is_some_and(|last| last.at as usize == at) {
            self.runs.pop();
        }
        self.runs.push(Run { at: at as u32, start: start as u32, whole: (end - start) as u32 });
    }

    /// Forgets the folded bytes from `at` on.
    pub(super) fn truncate(&mut self, at: usize) {
        let keep = self.runs.partition_point(|run| (run.at as usize) < at);
        self.runs.truncate(keep);
    }

    /// Where the original begins for which the folded letter at `at` stands.
    pub(super) fn start(&self, at: usize) -> usize {
        self.run(at).map_or(0, |run| if run.whole > 0 { run.start as usize } else { run.in_step(at) })
    }

    /// Where the original ends for which the folded letter that ends at `end` stands.
    pub(super) fn end(&self, end: usize) -> usize {
        let run = end.checked_sub(1).and_then(|last| self.run(last));
        run.map_or(0, |run| if run.whole > 0 { run.span().end } else { run.in_step(end) })
    }

    fn run(&self, at: usize) -> Option<&Run> {
        let behind = self.runs.partition_point(|run| run.at as usize <= at);
        self.runs.get(behind.checked_sub(1)?)
    }
}

impl Run {
    fn span(&self) -> Range<usize> {
        self.start as usize..(self.start + self.whole) as usize
    }

    fn in_step(&self, at: usize) -> usize {
        at - self.at as usize + self.start as usize
    }
}
