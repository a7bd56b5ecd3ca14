//! CSV and TSV files, Anki's and Quizlet's text exports.
