package tokenjson
import ("testing";"os";"encoding/json";"slices")
func TestLocal(t *testing.T){ dir:="/tmp/tj/gen/"
 for _,n:=range []string{"xlmr","bytes","normal","accents","bert","cased","full","fullcf"} {
  b,_:=os.ReadFile(dir+n+".json"); tk,err:=Parse(b); if err!=nil {t.Errorf("%s: %v",n,err);continue}
  var ss []string; var want [][]int64; x,_:=os.ReadFile(dir+"big.json"); json.Unmarshal(x,&ss); x,_=os.ReadFile(dir+n+".big"); json.Unmarshal(x,&want)
  bad:=0
  for i,s:=range ss { got,err:=tk.Tokens(s); if err!=nil||!slices.Equal(got,want[i]){ bad++; if bad<=4 {t.Errorf("%s %+q\n got %v\nwant %v %v",n,s,got,want[i],err)}}}
  t.Logf("%s: %d of %d wrong, vocab", n,bad,len(ss))
 }}
