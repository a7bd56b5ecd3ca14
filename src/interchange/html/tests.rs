//! What people's fields look like, and what hostile ones do.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[test]
fn plain_text_passes_by() {
    assert_eq!(to_text("  CT head, no contrast "), "CT head, no contrast");
    assert_eq!(to_text("a\nb\t  c"), "a b c");
    assert_eq!(to_text(""), "");
}

#[test]
fn entities_and_emphasis_leave_only_their_text() {
    assert_eq!(to_text("eGFR &lt;30 &amp; <b>no</b> <i><u>dye</u></i>&nbsp;x"), "eGFR <30 & no dye x");
    assert_eq!(to_text("a&#8805;5 &copy; &amp;lt;"), "a≥5 © &lt;");
    assert_eq!(to_text("take <s>aspirin</s> tPA"), "take ~~aspirin~~ tPA");
    assert_eq!(to_text("a <del></del>b <ruby>漢<rp>(</rp><rt>kan</rt></ruby>"), "a b 漢(kan)");
    assert_eq!(to_text("a < b and c > d, 5<6"), "a < b and c > d, 5<6");
}

#[test]
fn lines_lists_and_tables_stay_readable() {
    assert_eq!(to_text("a<br>b<br><br>c<br><br><br><br>d"), "a\nb\n\nc\n\nd");
    assert_eq!(to_text("a<div>b</div><div><br></div><div>c</div>"), "a\nb\n\nc");
    assert_eq!(to_text("<p>a</p><p>b</p>"), "a\n\nb");
    assert_eq!(
        to_text("Do:<ul><li>one</li><li>two<ol><li>x</li><li>y</li></ol></li></ul>end"),
        "Do:\n- one\n- two\n  1. x\n  2. y\nend"
    );
    assert_eq!(
        to_text(
            "<table><tr><th>Stage</th><th>Study</th></tr><tr><td>I<br>early</td><td><div>US</div></td></tr></table>"
        ),
        "Stage | Study\nI early | US"
    );
    assert_eq!(to_text("<table><tr><td></td><td>x</td></tr></table>"), "x");
    assert_eq!(to_text("<pre>a\n  b</pre>c"), "a\n  b\nc");
}

#[test]
fn raised_and_lowered_text_is_readable() {
    assert_eq!(to_text("10<sup>-3</sup> m<sup>2</sup>"), "10⁻³ m²");
    assert_eq!(to_text("H<sub>2</sub>O, PaCO<sub>2</sub>, V<sub>max</sub>"), "H₂O, PaCO₂, V_(max)");
    assert_eq!(to_text("4<sup>th</sup> x<sup>see b</sup><sup></sup>"), "4th x^(see b)");
    assert_eq!(to_text("e<sup>x<sup>2</sup></sup>"), "e^(x²)");
}

#[test]
fn media_is_named_and_nothing_is_fetched() {
    assert_eq!(to_text("see <img src=\"ct head.png\" width=3>!"), "see [image: ct head.png]!");
    assert_eq!(to_text("x [sound:a b.mp3] y [sound:] [sound:z"), "x [sound: a b.mp3] y [sound:] [sound:z");
    assert_eq!(
        to_text("<img src='https://user:pw@evil.example/x.png?patient=1'>"),
        "[remote image, not fetched: evil.example]"
    );
    assert_eq!(to_text("<img src='//cdn.example/x'>"), "[remote image, not fetched: cdn.example]");
    assert_eq!(to_text("<img src='data:image/png;base64,AAAA'>"), "[remote image, not fetched: data link]");
    assert_eq!(to_text("<img src='FILE:///etc/passwd'>"), "[remote image, not fetched: file link]");
    let mut names = Vec::new();
    let text = Converter::default().convert("<img src=a.png>[sound:b.mp3]", &mut |n| {
        names.push(n.to_owned());
        format!("<{n}>")
    });
    assert_eq!(text.as_deref(), Ok("[image: <a.png>][sound: <b.mp3>]"));
    assert_eq!(names, ["a.png", "b.mp3"]);
}

#[test]
fn code_is_dropped_and_formulas_are_kept() {
    assert_eq!(to_text("<style>b{}</style>a<script>alert(1)</script><!-- c -->b"), "ab");
    assert_eq!(to_text("<!DOCTYPE html><?php x ?><title>t</title>a"), "a");
    assert_eq!(
        to_text("\\(x^{2} \\lt 3\\) [latex]\\frac{a}{b}[/latex]<br>\\[y\\]"),
        "\\(x^{2} \\lt 3\\) [latex]\\frac{a}{b}[/latex]\n\\[y\\]"
    );
    assert_eq!(
        to_text("<a href=\"https://acr.org/x\">ACR</a> <a href='javascript:x'>y</a>"),
        "ACR (https://acr.org/x) y"
    );
    assert_eq!(to_text("<a href=\"https://acr.org/\">https://acr.org</a>"), "https://acr.org");
}

#[test]
fn controls_and_direction_marks_are_dropped() {
    assert_eq!(to_text("a\u{1b}[31mb\u{202e}c\u{0}"), "a[31mbc");
    assert_eq!(to_text("a&#27;b&#x202e;c<b></b>"), "abc");
}

#[test]
fn data_keeps_every_blank() {
    let mut converter = Converter::default();
    assert_eq!(
        converter.data("{&quot;a&quot;: \"x  &lt;b&gt; &amp;amp;\"}").as_deref(),
        Ok("{\"a\": \"x  <b> &amp;\"}")
    );
    assert_eq!(converter.data("<!-- c -->{}").as_deref(), Ok("{}"));
    assert_eq!(converter.data("{\"a\":<b>1</b>}").as_deref(), Ok("{\"a\":1}"));
}

#[test]
fn endless_fields_are_refused_before_they_are_parsed() {
    let mut converter = Converter::default();
    let mut refused = |html: String| converter.convert(&html, &mut |n| n.to_owned()).is_err();
    assert!(refused("<div>".repeat(30_000)));
    assert!(refused("<b>x".repeat(60_000)));
    let bold: Vec<String> = (0..900).map(|i| format!("<b a={i}>")).collect();
    assert!(refused(bold.concat() + &"<p>".repeat(900)));
    let attributes: Vec<String> = (0..20_000).map(|i| format!("x{i}=1 ")).collect();
    assert!(refused(format!("<a {}>", attributes.concat())));
    assert!(!refused("<td>1</td>".repeat(1_000)));
}

/// The dearest fields that are still read: each of them is done in a moment, also without optimization.
#[test]
fn the_heaviest_fields_allowed_are_read() {
    let bold: Vec<String> = (0..400).map(|i| format!("<b a={i}>")).collect();
    let attributes: Vec<String> = (0..9_000).map(|i| format!("x{i}=1 ")).collect();
    for html in [
        "<div>".repeat(4_900),
        "<table><tr><td>".repeat(1_600),
        "<ul><li>".repeat(2_400),
        "<sup>".repeat(4_900) + "x",
        bold.concat() + &"<p>x".repeat(300),
        format!("<div {}>x", attributes.concat()),
        "<b><i><u><p></b>".repeat(900),
        "&#x41;".repeat(33_000),
    ] {
        assert!(Converter::default().convert(&html, &mut |n| n.to_owned()).is_ok(), "{}", &html[..20]);
    }
}

#[test]
fn heavy_fields_have_a_budget_for_the_whole_file() {
    let mut converter = Converter { spent: MAX_TOTAL_WORK + 1 };
    assert!(converter.convert(&"<i>x</i>".repeat(1_000), &mut |n| n.to_owned()).is_err());
    assert_eq!(converter.convert("<i>x</i>", &mut |n| n.to_owned()).as_deref(), Ok("x"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_the_text_is_safe(html in "(<[a-z]{1,5}( [a-z]+=['\"]?[^<>]{0,5})?>|</[a-z]{1,5}>|&[a-z#0-9]{1,5};|\\PC|[\\x00-\\x20]){0,40}") {
        let text = to_text(&html);
        prop_assert!(!text.chars().any(is_unsafe), "{text:?}");
        prop_assert_eq!(text.trim(), &text);
    }
}

/// What is shown, and the pictures that were asked for.
type Shown = (String, Vec<String>);

/// A field by both ways.
fn both(html: &str) -> (Option<Shown>, Shown) {
    let mut asked = Vec::new();
    let streamed = stream::render(html, &mut |name| {
        asked.push(name.to_owned());
        format!("<{name}>")
    });
    let mut asked_too = Vec::new();
    let walked = walk::render(html, &mut |name| {
        asked_too.push(name.to_owned());
        format!("<{name}>")
    });
    (streamed.map(|text| (text, asked)), (walked, asked_too))
}

/// Any tags in any order, with text between.
fn soup() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "b", "i", "a", "p", "div", "tr", "tbody", "ul", "ol", "li", "h2", "span", "sup", "s", "br", "hr", "img",
        "table", "td", "pre", "x-y", "center", "font", "script", "dl", "dd", "svg", "button", "nobr", "B", "rt",
    ]);
    let attributes = prop::sample::select(vec![
        "",
        " ",
        " class=x",
        " href='https://a.example/x?a&lt;b&amp'",
        " start=4",
        " src=\"a b.png\"",
        " src=c.png src=d.png",
        "/",
        " href=http://b.example",
        " START=\"7\" x",
        " src",
        " src=''",
    ]);
    let piece = prop_oneof![
        3 => (name.clone(), attributes).prop_map(|(name, attributes)| format!("<{name}{attributes}>")),
        3 => name.prop_map(|name| format!("</{name}>")),
        3 => "[ab \n]{1,4}",
        1 => prop::sample::select(vec![
            "&nbsp;", "&amp;lt;", "&lt;b&gt;", "&#8805;", "&#0;", "&bogus;", "&copy", "<!-- c -->", "<?x>", "</ >", "<", "<3", "&", "é\u{a0}字",
            "<![CDATA[x]]>", "<!DOCTYPE html>", "\r\n", "\u{c}", "~~", "</b x=1>",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// Markup whose every element is closed.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[ab ]{0,4}",
        prop::sample::select(vec!["<br>", "&nbsp;", "&amp;", "<img src=x.png>", "<br/>", "\n"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 30, 4, |inner| {
        let many = prop::collection::vec(inner, 0..4);
        let names =
            vec!["b", "div", "span", "sup", "ul", "ol", "s", "blockquote", "font", "x-y", "table", "tr", "tfoot"];
        (prop::sample::select(names), many).prop_map(|(name, inner)| match name {
            "ul" | "ol" => format!("<{name}><li>{}</li></{name}>", inner.join("</li><li>")),
            "table" => format!("<table><tr><td>{}</td></tr> </table>", inner.join("</td>\n<td>")),
            "tr" => format!("<table><tbody><tr><th>{}</th></tr></tbody></table>", inner.join("</th></tr><tr><th>")),
            "tfoot" => {
                let rows = inner.join("</td></tr><tr><td>");
                format!("<table> <thead><tr></tr></thead><tfoot><tr><td>{rows}</td></tr></tfoot></table>")
            }
            _ => format!("<{name}>{}</{name}>", inner.concat()),
        })
    })
}

#[test]
fn a_short_field_is_light_whatever_is_in_it() {
    let fill = |tag: &str| tag.repeat(SHORT / tag.len() + 1)[..SHORT].to_owned();
    let one_tag = |attribute: &str| format!("<b{}", fill(attribute))[..SHORT].to_owned();
    for html in ["<b", "<b>", "<b ", "<b x>", "</", "<!", "<a'", "<a/"].map(fill) {
        assert!(work(&html).is_ok_and(|work| work <= LIGHT), "{html}");
    }
    for html in [" x", "/", " ", "'", "\"", " a=b"].map(one_tag) {
        assert!(work(&html).is_ok_and(|work| work <= LIGHT), "{html}");
    }
}

#[test]
fn elements_are_sorted_to_be_found() {
    assert!(stream::ELEMENTS.is_sorted_by(|a, b| a.0 < b.0));
}

proptest! {
#![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn plain_markup_needs_no_tree(html in nested()) {
        let (streamed, walked) = both(&html);
        prop_assert_eq!(streamed, Some(walked));
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_tree(html in soup()) {
        if let (Some(streamed), walked) = both(&html) {
            prop_assert_eq!(streamed, walked);
        }
    }
}
