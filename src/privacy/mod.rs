//! Identifiers of patients in text: what HIPAA's Safe Harbor lists and text can hold. No I/O, no clock.
