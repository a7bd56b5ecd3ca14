//! Words that decide whether something is a person, a place, a measurement or just medicine.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that are written with a capital where a name could stand, and are none; lower case here.
const COMMON: &str = "\
a about abd abdomen abdominal abnormal access account accession acute adm admission admit admitted admits adult advanced after afebrile age aged ago \
all allergy alert also am an and anesthesia answer any appears are arrived arm as ask asked assessment at attending available \
axial back baby bay bed been before being best better bilateral biopsy birth bleeding blood boy brain breast but by \
call called came can care case cardiac cc cell center chart charts check chest chief child clinic clinical code college come comes comfort \
complaining complains complaint completed consent consult consulted contact contrast coronary cranial cxr daily date day days dc dead \
declined declines default denied denies diagnosis diagnosed did died discharge discharged does doing dose due during dx ecg echo education eeg eight \
elderly emergency emergent endorses ercp er exam examination expired factors fall fax febrile feels feet fell female fell few file findings first fit five follow \
followed followup for found four free from full gave general girl given good group had has have having he head healthcare health \
healthy her here hers hi his history hit holds home hospital hospitalist hpi hx icu id if impression in indication infant information initial \
injury interpreter into is issues it its just kidney knee known lab labs last later left leg lives liver low lower lung lying male man \
management may md me mean med medical medicine meds met middle might more most mother moved mri ms must my name named neck needs \
neg negative neuro neurology new newborn next nil nine no non none normal not note noted notes now npo nurse nursing obese \
obs of off old on oncology one only option or order ordered ordering orders ortho our out outcome output over pain parents pass past patient patients ped peds \
pediatric pelvis per phone physical physician pid plan please pod portal population position positive possible post preferred pregnant prep preparation \
presented presenting presents prev previous prior pt pts pulm put questions question radiology rather ready reason received \
recent record records ref refer referred referral referring refused refuses rehab repeat report reported reports request required requires resident resp rest \
result results return returned returns review reviewed right risk rounds rn safety said same saw says scan score second see seen selection sent \
services service seven severe sex sexually she should showed shows since six smoker smokes social some son source spine spoke stable stage started states \
status still story student study such surgery surgical tech teen ten test tested thanks that the their then there therefore these they third this three \
through to today told took transfer transferred transport treated tried triage trauma two type tx ultrasound under unit unstable until upper upright \
urgent us use used very via view views visit visits vital vitals vs walked wants was we weight well went were what when where which while white who \
whose why will wife with without woman women work worse would x xr xray yes yesterday yo young you your zero \
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun \
january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec \
black hispanic asian caucasian african american english spanish chinese french german european indian arabic russian \
covid staph strep gram foley doppler hounsfield gadolinium heparin lovenox tylenol ativan zofran percocet \
stem vignette teenager toddler neonate former veteran athlete runner driver passenger pedestrian cyclist farmer teacher worker \
dear hello subject re attn fwd sister brother father dad mom husband daughter dtr baby grandma grandpa aunt uncle \
cirrhotic diabetic alcoholic hypertensive postmenopausal premenopausal previously otherwise multiparous nulliparous asymptomatic symptomatic \
large small big long short high mild moderate chronic frail thin tall overweight dr mr mrs instructions handout leaflet summary aspirin tylenol jehovah's witness earth nature superior inferior \
persistent severe suspected stat ct cta mr pet us ivc dvt pe";

/// People whose names medicine uses for something else than themselves; lower case.
const EPONYMS: &str = "\
murphy parkinson mallory weiss mallory-weiss ottawa canadian wells hampton westermark fleischner hodgkin crohn crohns crohn's behcet wegener \
kerley chance jefferson hangman maisonneuve virchow krukenberg pancoast addison cushing conn hashimoto wilson takayasu lemierre ludwig \
bochdalek morgagni meckel zenker schatzki lisfranc segond bankart hill-sachs legg-calve-perthes perthes osgood salter harris salter-harris \
colles smith's barton jones's charcot baker homan homans bell todd graves gleason kawasaki ranson alvarado hinchey todani bosniak \
deauville stanford debakey mayo boston duke kocher graf rutherford fontaine's glasgow nexus pecarn evans apgar ballard tanner bishop greulich-pyle \
marfan ehlers-danlos turner klinefelter down noonan williams digeorge alzheimer alzheimer's huntington huntington's lewy guillain-barre \
budd-chiari caroli barrett barrett's boerhaave mirizzi courvoisier rovsing mcburney cullen grey chvostek trousseau kehr levine beck beck's \
kussmaul cheyne-stokes osler janeway roth sjogren sjogren's raynaud raynaud's felty still's paget paget's ewing ewing's wilms hirschsprung \
ritchie killip forrester ann arbor ishak mcdonald rome tokyo atlanta paris vienna sydney oxford framingham geneva hestia york milan prague \
weber monteggia galeazzi bennett rolando pott garden pauwels schatzker gustilo hawkins kienbock scheuermann schmorl \
hampton's murphy's hodgkin's parkinson's cushing's addison's graves' chiari arnold-chiari dandy-walker kimura buerger buerger's henoch-schonlein \
harrison swan-ganz foley kirschner steinmann hickman jude bjork-shiley";

/// Words behind a name that make it a thing of medicine.
const THINGS: &str = "\
disease diseases syndrome sign signs score scores criteria criterion rule rules classification fracture fractures lymphoma tumor tumors palsy \
test nodule node nodes valve valves grade stage cyst cysts syndrome's anomaly contracture ulcer procedure operation maneuver position view \
line lines hump triad tetrad law reflex deformity lesion lesions paralysis phenomenon aneurysm hernia hernias diverticulum ring sarcoma \
staging system scale index equation method protocol study trial guideline guidelines consensus definition type class catheter tube wire \
disorder encephalopathy chorea dementia granulomatosis arteritis thyroiditis nephropathy angina gangrene abscess duct gland space pouch bundle law clamp shunt retractor forceps drain loop angle spot spots plexus bodies body \
forward heart axis model risk chapter bend algorithm calculator nomogram pathway";

/// What follows a number that measures or counts.
const UNITS: &str = "\
mg mcg ug g kg gm grams ng pg ml l dl cc cm mm m km inch inches ft foot feet h hr hrs hour hours min mins minute minutes s sec secs second \
seconds d day days wk wks week weeks mo mos month months y yr yrs year years bpm mmhg cmh2o meq mmol umol mol iu u units unit hu gy mgy msv mas kvp \
kv hz mhz khz db mw kcal cal percent f fr c degrees deg x times doses dose tabs tablets patients pts people cases women men children beats breaths \
cells views view films film slices images of percentile lb lbs oz liters liter vials strength ns bottles sets episodes attempts puffs drops \
weeks' days' months' years' old cts scans mph mosm torr kpa pack-years pack pk";

/// Words after "mr" or "dr" in lower case that make it imaging or a verb, not a person.
const AFTER_LOWER_TITLE: &str = "\
angiogram angiography angio venogram venography enterography enterogram imaging elastography cholangiopancreatography urography urogram arthrogram \
arthrography conditional safe unsafe compatible scanner scanners scan scans protocol protocols sequence sequences signal spectroscopy perfusion \
spine brain liver abdomen pelvis knee shoulder hip ankle wrist elbow foot hand cardiac breast prostate rectum rectal neuro head neck orbit orbits sella iac \
lumbar cervical thoracic sacrum myelogram defecography fetal placenta whole body dwi flair tractography fluoroscopy simulation guided \
visits visit office offices appt appointment say wanted thinks thought tells looked looks agrees agreed";

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

static NOT_NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| set(COMMON));
static NAMES_OF_THINGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| set(EPONYMS));
static THING_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| set(THINGS));
static UNIT_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| set(UNITS));
static LOWER_TITLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| set(AFTER_LOWER_TITLE));

/// Whether a word stands where names stand but is none.
pub(super) fn is_common(word: &str) -> bool {
    NOT_NAMES.contains(word.to_lowercase().as_str())
}

/// Whether a word is a name that medicine uses for a disease, a sign or a rule.
pub(super) fn is_eponym(word: &str) -> bool {
    NAMES_OF_THINGS.contains(word.to_lowercase().as_str())
}

/// Whether a lower-case word after "mr" or "dr" is a name.
pub(super) fn follows_lower_title(word: &str) -> bool {
    !LOWER_TITLE.contains(word) && !is_common(word)
}

/// A few letters in capitals: an abbreviation, not a name.
pub(super) fn is_acronym(word: &str) -> bool {
    word.chars().count() <= 5 && word.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
}

/// The next word at or after `from`: over spaces, a hyphen or a slash, but over no other sign and no line break.
pub(super) fn next_word(text: &str, from: usize) -> &str {
    let rest = text.get(from..).unwrap_or("").trim_start_matches([' ', '-', '/', '\t']);
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '\'').unwrap_or(rest.len());
    &rest[..end]
}

/// Whether what stands before `from` is measured or counted by what follows: "90 mL", "2/3 of", "12%".
pub(super) fn unit_follows(text: &str, from: usize) -> bool {
    let rest = text.get(from..).unwrap_or("").trim_start_matches([' ', '-']);
    rest.starts_with(['%', '°', '+', 'µ', 'μ']) || UNIT_WORDS.contains(next_word(text, from).to_lowercase().as_str())
}

/// Whether a word after a name makes both a thing: "Crohn disease".
pub(super) fn thing_follows(text: &str, from: usize) -> bool {
    THING_WORDS.contains(next_word(text, from).to_lowercase().as_str())
}

/// The word right before `at`, lower case, without signs.
pub(super) fn word_before(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or("").trim_end_matches([' ', '\t', ':', '(', '"']);
    let start = before
        .char_indices()
        .rev()
        .find(|(_, c)| !c.is_alphanumeric() && *c != '\'')
        .map_or(0, |(i, c)| i + c.len_utf8());
    before[start..].to_lowercase()
}
