// Writes answers.json: the token ids of every text of strings.json for every
// case of cases.json, computed by Hugging Face's own library (the npm package
// tokenizers, version 0.23.2; run with NODE_PATH naming its node_modules).
//
//   node oracle.js [strings.json [answers.json]]
//
// A case is a base file with parts replaced; null in its list of normalizers
// stands for the base's own. The vocabularies were made here: unigram.json with
// SentencePiece 0.1.97 and a small rule file, wordpiece.json by counting.
const {Tokenizer} = require('tokenizers'), fs = require('fs')
const read = name => JSON.parse(fs.readFileSync(name, 'utf8'))
const build = c => {
  const base = read(c.base), file = {...base, ...c.set, model: {...base.model, ...c.model}}
  const parts = file.normalizer.normalizers
  if (parts && parts[0] === null) parts[0] = base.normalizer
  return file
}
const main = async () => {
  const texts = read(process.argv[2] || 'strings.json'), answers = {}
  for (const c of read('cases.json')) {
    const tokenizer = Tokenizer.fromString(JSON.stringify(build(c)))
    tokenizer.disablePadding()
    tokenizer.disableTruncation()
    answers[c.name] = (await tokenizer.encodeBatch(texts)).map(e => e.getIds())
  }
  fs.writeFileSync(process.argv[3] || 'answers.json', JSON.stringify(answers))
}
main()
