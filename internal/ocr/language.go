package ocr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// orientation is the traineddata file that finds how a page is turned.
const orientation = "osd"

// codes maps ISO 639-1 to the names of Tesseract's files, which are those of
// ISO 639-2/T as a rule.
const codes = ` af=afr am=amh ar=ara as=asm az=aze be=bel bg=bul bn=ben bo=bod br=bre bs=bos ca=cat co=cos cs=ces cy=cym da=dan de=deu
 dv=div dz=dzo el=ell en=eng eo=epo es=spa et=est eu=eus fa=fas fi=fin fo=fao fr=fra fy=fry ga=gle gd=gla gl=glg gu=guj he=heb hi=hin
 hr=hrv ht=hat hu=hun hy=hye id=ind is=isl it=ita iu=iku ja=jpn jv=jav ka=kat kk=kaz km=khm kn=kan ko=kor ku=kmr ky=kir la=lat lb=ltz
 lo=lao lt=lit lv=lav mi=mri mk=mkd ml=mal mn=mon mr=mar ms=msa mt=mlt my=mya nb=nor ne=nep nl=nld nn=nor no=nor oc=oci or=ori pa=pan
 pl=pol ps=pus pt=por qu=que ro=ron ru=rus sa=san sd=snd si=sin sk=slk sl=slv sq=sqi sr=srp su=sun sv=swe sw=swa ta=tam te=tel tg=tgk
 th=tha ti=tir tl=fil to=ton tr=tur tt=tat ug=uig uk=ukr ur=urd uz=uzb vi=vie yi=yid yo=yor zh=chi_sim
 az-cyrl=aze_cyrl sr-latn=srp_latn uz-cyrl=uzb_cyrl zh-hans=chi_sim zh-hant=chi_tra zh-cn=chi_sim zh-sg=chi_sim zh-hk=chi_tra zh-mo=chi_tra zh-tw=chi_tra `

// own is the form of the names of traineddata files.
var own = regexp.MustCompile(`^(script/)?[A-Za-z][A-Za-z0-9_]{2,}$`)

// Code gives Tesseract's name of a language that ISO 639-1 (de), with or
// without a region or script (de-AT, zh-Hant), or Tesseract (deu) names.
func Code(hint string) (string, error) {
	tag := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(hint)), "_", "-")
	main, _, _ := strings.Cut(tag, "-")
	for _, key := range []string{tag, main} {
		if _, rest, ok := strings.Cut(codes, " "+key+"="); ok && len(main) == 2 && !strings.ContainsAny(key, "= \n") {
			return rest[:strings.IndexAny(rest, " \n")], nil
		}
	}
	if name := strings.TrimSpace(hint); own.MatchString(name) {
		return name, nil
	}
	return "", fmt.Errorf("%q is no language that Tesseract reads: name it as ISO 639-1 does, such as de, or as Tesseract does, such as deu", hint)
}

// Codes gives Tesseract's names of languages, each once, in their order; eng
// for none.
func Codes(hints []string) ([]string, error) {
	var names []string
	for _, h := range hints {
		for _, one := range strings.Split(h, "+") {
			name, err := Code(one)
			if err != nil {
				return nil, err
			}
			if name == orientation {
				return nil, fmt.Errorf("%s is no language: it says how a page is turned, which the page segmentation modes 1 and 12 use", name)
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		names = []string{"eng"}
	}
	return names, nil
}

// debianPackage names the Debian package of a language, "" where the name does
// not tell it.
func debianPackage(name string) string {
	if strings.HasPrefix(name, "script/") {
		return ""
	}
	return "tesseract-ocr-" + strings.ToLower(strings.ReplaceAll(name, "_", "-"))
}
