//! Bytes to text: UTF-8, UTF-16 and Windows-1252 are told apart and converted.
