//! Databases made to hurt.

use super::*;
use std::time::Duration;
use tempfile::TempDir;

fn made(sql: &str) -> (TempDir, std::path::PathBuf) {
    let dir = TempDir::new().expect("a folder");
    let path = dir.path().join("odd name?#%.db");
    let conn = Connection::open(&path).expect("a database");
    conn.execute_batch(sql).expect("valid");
    (dir, path)
}

#[test]
fn a_plain_table_is_read_and_never_written() {
    let (_dir, path) = made("CREATE TABLE t(x); INSERT INTO t VALUES (1), ('two'), (x'ff'), (NULL), (2.5);");
    let db = Foreign::open(&path).expect("plain");
    let mut seen = Vec::new();
    db.rows("t", "SELECT x FROM t", 10, |row| {
        seen.push((text(row.get_ref(0)?).into_owned(), number(row.get_ref(0)?)));
        Ok(ControlFlow::Continue(()))
    })
    .expect("rows");
    let expected = [("1", 1), ("two", 0), ("\u{fffd}", 0), ("", 0), ("2.5", 2)];
    assert!(seen.iter().map(|(t, n)| (t.as_str(), *n)).eq(expected), "{seen:?}");
    assert!(db.conn.execute_batch("INSERT INTO t VALUES (3)").is_err());
}

#[test]
fn views_virtual_tables_and_computed_columns_are_no_tables() {
    let (_dir, path) = made("CREATE VIEW notes AS SELECT 1 AS x;");
    let db = Foreign::open(&path).expect("a view alone does no harm");
    let err = db.rows("notes", "SELECT x FROM notes", 10, |_| Ok(ControlFlow::Continue(()))).expect_err("a view");
    assert_eq!(err, ForeignError::Shape("it has no table \"notes\"".to_owned()));

    let (_dir, path) = made("CREATE VIRTUAL TABLE notes USING fts5(x);");
    assert_eq!(Foreign::open(&path).err(), Some(ForeignError::Shape("it holds a virtual table".to_owned())));

    let (_dir, path) = made("CREATE TABLE notes(x, y AS (x || x));");
    assert_eq!(Foreign::open(&path).err(), Some(ForeignError::Shape("it holds a computed column".to_owned())));
}

#[test]
fn counts_lengths_and_schemas_have_limits() {
    let (_dir, path) = made("CREATE TABLE t(x); INSERT INTO t VALUES (1), (2), (3);");
    let db = Foreign::open(&path).expect("plain");
    let err = db.rows("t", "SELECT x FROM t", 2, |_| Ok(ControlFlow::Continue(()))).expect_err("too many");
    assert_eq!(err, ForeignError::TooMany { table: "t".to_owned(), most: 2 });

    let (_dir, path) = made("CREATE TABLE t(x); INSERT INTO t VALUES (zeroblob(70000000));");
    let long = Foreign::open(&path).and_then(|db| {
        db.rows("t", "SELECT x FROM t", 2, |row| {
            blob(row.get_ref(0)?);
            Ok(ControlFlow::Continue(()))
        })
    });
    assert_eq!(long, Err(ForeignError::TooLong));

    let many: Vec<String> = (0..600).map(|i| format!("CREATE TABLE t{i}(x);")).collect();
    let (_dir, path) = made(&many.concat());
    assert!(Foreign::open(&path).is_err());
}

#[test]
fn torn_pages_are_found_before_reading() {
    let (_dir, path) = made(
        "CREATE TABLE t(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO t SELECT printf('%0200d', i) FROM n;",
    );
    let mut bytes = std::fs::read(&path).expect("readable");
    for at in (4096 * 3..4096 * 20).step_by(7) {
        bytes[at] ^= 0x5a;
    }
    std::fs::write(&path, &bytes).expect("writable");
    assert!(matches!(Foreign::open(&path), Err(ForeignError::Damaged(_))));
    std::fs::write(&path, b"no database at all, just words").expect("writable");
    assert_eq!(Foreign::open(&path).err(), Some(ForeignError::NotADatabase));
}

#[test]
fn a_query_without_end_is_interrupted() {
    let conn = Connection::open_in_memory().expect("memory");
    let _watch = Watch::with_patience(conn.get_interrupt_handle(), Duration::from_millis(50));
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let err = conn.query_row(endless, [], |r| r.get::<_, i64>(0)).expect_err("interrupted");
    assert_eq!(ForeignError::from(err), ForeignError::Slow);
}
