package answers

// applicationID marks the file as icono's answer store ("icon").
const applicationID = 0x69636f6e

// version is the layout of the file that this program writes (user_version).
const version = 1

// layout makes an empty file an answer store.
//
// A request's body is its base's first `prefix` bytes, `middle`, and the base's
// last `suffix` bytes: the requests of a stage share a long prompt and schema,
// which are stored once.
const layout = `
CREATE TABLE bases(id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE requests(
	key BLOB NOT NULL UNIQUE, provider TEXT NOT NULL, model TEXT NOT NULL, base_url TEXT NOT NULL, repeat INTEGER NOT NULL,
	base INTEGER REFERENCES bases(id), prefix INTEGER NOT NULL, suffix INTEGER NOT NULL, middle BLOB NOT NULL);
CREATE TABLE answers(
	key BLOB NOT NULL UNIQUE, model TEXT NOT NULL, note TEXT NOT NULL,
	input INTEGER NOT NULL, cached INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL,
	sum INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE faults(
	key BLOB NOT NULL UNIQUE, status TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
	input INTEGER NOT NULL, cached INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL, raw BLOB NOT NULL);
CREATE TABLE uses(stage TEXT NOT NULL, row TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY(stage, row, key)) WITHOUT ROWID;
CREATE TABLE batches(
	name TEXT NOT NULL PRIMARY KEY, stage TEXT NOT NULL, provider TEXT NOT NULL, base_url TEXT NOT NULL, id TEXT NOT NULL,
	input_file TEXT NOT NULL, output_file TEXT NOT NULL, error_file TEXT NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL);
CREATE TABLE batch_items(
	batch TEXT NOT NULL, custom_id TEXT NOT NULL, row TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY(batch, custom_id)) WITHOUT ROWID;
`

// Statements of the writer and of the readers, by what they do.
const (
	sqlRequestKnown = `SELECT 1 FROM requests WHERE key = ?`
	sqlAddBase      = `INSERT INTO bases(body) VALUES(?)`
	sqlAddRequest   = `INSERT INTO requests VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO NOTHING`
	sqlAddAnswer    = `INSERT INTO answers VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO NOTHING`
	sqlPutAnswer    = `INSERT OR REPLACE INTO answers VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`
	sqlDropFault    = `DELETE FROM faults WHERE key = ?`
	sqlPutFault     = `INSERT INTO faults VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET
		status = excluded.status, reason = excluded.reason, raw = excluded.raw, count = count + excluded.count, input = input + excluded.input,
		cached = cached + excluded.cached, output = output + excluded.output, reasoning = reasoning + excluded.reasoning`
	sqlAddUse = `INSERT OR IGNORE INTO uses VALUES(?, ?, ?)`
	sqlAnswer = `SELECT model, note, input, cached, output, reasoning, sum, body,
		EXISTS(SELECT 1 FROM uses WHERE stage = ?2 AND row = ?3 AND key = ?1) FROM answers WHERE key = ?1`
	sqlFault   = `SELECT status, reason, count, input, cached, output, reasoning, raw FROM faults WHERE key = ?`
	sqlRequest = `SELECT provider, model, base_url, repeat, base, prefix, suffix, middle FROM requests WHERE key = ?`
	sqlBase    = `SELECT body FROM bases WHERE id = ?`
	sqlAny     = `SELECT EXISTS(SELECT 1 FROM answers WHERE key = ?1) OR EXISTS(SELECT 1 FROM faults WHERE key = ?1)`
)
