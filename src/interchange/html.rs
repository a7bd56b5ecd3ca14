//! HTML fields to plain text that stays readable.
