# The five organisations: their nodes, their people, and speaking as one of them. Sourced by run.sh, which sets folder, bin
# and packs; telling.sh comes first.
# shellcheck shell=bash
members=(lindervaart zandrode sluizen heidezoom caw)
declare -A org=([lindervaart]=lindervaart.example [zandrode]=zandrode.example [sluizen]=pz-drie-sluizen.example
  [heidezoom]=pz-heidezoom.example [caw]=caw-de-overzet.example)
declare -A name=([lindervaart]='Gemeente Lindervaart' [zandrode]='Gemeente Zandrode' [sluizen]='PZ Drie Sluizen'
  [heidezoom]='PZ Heidezoom' [caw]='CAW De Overzet')
declare -A kind=([lindervaart]=municipality [zandrode]=municipality [sluizen]=police-zone [heidezoom]=police-zone [caw]=welfare)
declare -A zone=([lindervaart]=drie-sluizen [zandrode]=heidezoom [sluizen]=drie-sluizen [heidezoom]=heidezoom [caw]=drie-sluizen)
declare -A secrecy=([lindervaart]=nee [zandrode]=nee [sluizen]=nee [heidezoom]=nee [caw]=ja)
declare -A port=() peer_port=() daemon=()
# What a person may want to ask; the administrators ask how their node stands with the others.
declare -A asks=()

# --- speaking as somebody -------------------------------------------------------------------------
# ask WHO ARGUMENTS...: runs sluis as that person, in the folder of the demo; what they see is in said WHO, the exit code in $code.
said() { printf '%s/seen/%s' "$folder" "$1"; }
ask() {
  local who=$1
  shift
  code=0
  (cd "$folder" && XDG_CONFIG_HOME=$folder/people/$who exec "$bin/sluis" "$@") >"$folder/seen/$who" 2>&1 </dev/null || code=$?
}
# as WHO EXIT ARGUMENTS...: the same, shown, and the exit code has to be EXIT.
as() {
  local who=$1 want=$2
  shift 2
  ask "$who" "$@"
  shown "$who" "$(said "$who")" "$@"
  [ "$code" = "$want" ] || fail "eindcode $code in plaats van $want"
}
# quiet WHO ARGUMENTS...: the same without showing anything; must succeed.
quiet() {
  ask "$@"
  [ "$code" = 0 ] || fail "sluis$(typed "${@:2}") (eindcode $code)" "$(said "$1")"
}
must_say() { grep -qi -- "$2" "$(said "$1")" || fail "$1 moest zien: $2"; }
must_not_say() { ! grep -qi -- "$2" "$(said "$1")" || fail "$1 mocht niet zien: $2"; }
# field WHO NAME: the first value of that name in what they saw as JSON.
field() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" "$(said "$1")" | head -n 1; }
# record_of WHO: number of the signal they just wrote down.
record_of() {
  local id
  id=$(field "$1" record_id)
  [ -n "$id" ] || fail "geen nummer van het signaal" "$(said "$1")"
  printf '%s' "$id"
}
# until_line SECONDS WHO FIRST SECOND ARGUMENTS...: asks again until one line of the answer has FIRST and SECOND; then shows it.
until_line() {
  local last=$((SECONDS + $1)) who=$2 first=$3 second=$4
  shift 4
  while ask "$who" "$@"; ! grep -- "$first" "$(said "$who")" | grep -q -- "$second"; do
    [ "$SECONDS" -lt "$last" ] || fail "kwam niet: $second" "$(said "$who")"
    sleep 0.5
  done
  shown "$who" "$(said "$who")" "$@"
}
# all_at_once FUNCTION: for every member at the same time.
all_at_once() {
  local member
  local -a running=()
  for member in "${members[@]}"; do
    "$1" "$member" &
    running+=($!)
  done
  for member in "${running[@]}"; do wait "$member" || exit 1; done
}

# --- nodes ----------------------------------------------------------------------------------------
choose_ports() {
  local first number member
  for ((first = 17440; first < 18440; first += 10)); do
    for ((number = first; number < first + 10; ++number)); do
      if (: <"/dev/tcp/127.0.0.1/$number") 2>/dev/null; then continue 2; fi
    done
    for member in "${members[@]}"; do
      port[$member]=$first peer_port[$member]=$((first + 1)) first=$((first + 2))
    done
    return
  done
  fail "geen vrije poorten"
}
make_node() {
  local node=$folder/$1
  quiet "beheer.$1" node init --folder "$1" --organisation "${org[$1]}" --kind "${kind[$1]}" --secrecy "${secrecy[$1]}" \
    --listen "127.0.0.1:${port[$1]}" --address "127.0.0.1:${port[$1]}" --statutory-pack "$packs/statutory.be.yaml" \
    --partnership-pack "$packs/livc-r.vaartland.yaml" --administrator-id "beheer.$1" --yes
  sed -i "s/^  address: 127.0.0.1:9464/  address: 127.0.0.1:0/; s/^tick_ms:.*/tick_ms: 200/" "$node/sluisd.yaml"
  printf 'peer_listener:\n  address: 127.0.0.1:%s\n' "${peer_port[$1]}" >>"$node/sluisd.yaml"
  mkdir -p "$folder/safe/$1"
  mv "$node/mandate/mandate.key" "$folder/safe/$1/"
}
# launch MEMBER [CONFIG]: starts the daemon; ready waits until it listens.
launch() {
  : >"$folder/seen/$1.ports"
  "$bin/sluisd" --config "${2:-$folder/$1/sluisd.yaml}" >"$folder/seen/$1.ports" 2>>"$folder/$1.log" &
  daemon[$1]=$!
}
ready() {
  local i
  for ((i = 0; i < 600; ++i)); do
    if grep -q loopback "$folder/seen/$1.ports"; then return; fi
    kill -0 "${daemon[$1]}" 2>/dev/null || fail "de node van ${name[$1]} start niet" "$folder/$1.log"
    sleep 0.1
  done
  fail "de node van ${name[$1]} wordt niet klaar" "$folder/$1.log"
}
stop() {
  [ -n "${daemon[$1]:-}" ] || return 0
  kill -TERM "${daemon[$1]}" 2>/dev/null || true
  wait "${daemon[$1]}" 2>/dev/null || true
  unset "daemon[$1]"
}

# --- people ---------------------------------------------------------------------------------------
# new_person MEMBER NAME [ROLE PURPOSE BASIS]: keys on their own machine, admitted, with a mandate when a role is given.
new_person() {
  local member=$1 who=$2 role=${3:-}
  quiet "$who" user request --user "$who" --organisation "${org[$member]}" --out "people/$who.request"
  quiet "beheer.$member" user add "people/$who.request" --ca "$member/ca" --out "people/$who.bundle" --yes
  quiet "$who" user install "people/$who.bundle"
  [ -n "$role" ] || return 0
  quiet "beheer.$member" mandate issue --user "$who" --role "$role" --key "safe/$member/mandate.key"
  printf 'role: %s\npurpose: %s\nbasis: %s\n' "$role" "$4" "$5" >>"$folder/people/$who/sluis/$who/profile.yaml"
}
# may_sign MEMBER NAME ROLE: a mandate for the partnership, so that partners believe this person's signature.
may_sign() {
  quiet "beheer.$1" mandate issue --user "$2" --role "$3" --partnership "$partnership" --key "safe/$1/mandate.key" \
    --out "people/$2.mandate"
  quiet "$2" mandate install "people/$2.mandate"
}

# with_dates FILE: fills in @N@, the day N days from today.
with_dates() {
  local text offset
  text=$(cat "$1")
  for offset in $(grep -o '@-\{0,1\}[0-9]*@' "$1" | tr -d @ | sort -u); do
    text=${text//@$offset@/$(date -d "$offset days" +%d/%m/%Y)}
  done
  printf '%s\n' "$text"
}
