#!/usr/bin/env bash
# The demo: one fictitious organisation, CAW De Overzet, from nothing, through `sluis` only.
#   run.sh [--keep] [--folder DIR]
#   --keep        leave the node running and say how to speak to it as each person
#   --folder DIR  work there instead of in a temporary folder (must not exist yet)
# Exit codes: 0 everything went as told, 1 something did not, 2 wrong use.
# Example: run.sh --keep
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
bin="$top/build/release/bin"
packs="$top/policies/packs"
export LC_ALL=C.UTF-8

keep=no folder=
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=yes ;;
    --folder) folder=${2:?run.sh: --folder needs a folder}; shift ;;
    --help | -h) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: '$1' is not understood; see --help" >&2; exit 2 ;;
  esac
  shift
done
if [ -n "$folder" ]; then
  [ -e "$folder" ] && { echo "run.sh: $folder is there already; name another" >&2; exit 2; }
  mkdir -p "$folder"
else
  folder=$(mktemp -d "${TMPDIR:-/tmp}/sluis-demo.XXXXXX")
fi
folder=$(cd "$folder" && pwd)
node=$folder/node
daemon=

end() {
  if [ "$keep" = no ]; then
    if [ -n "$daemon" ]; then kill -TERM "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; fi
    rm -rf "$folder"
  fi
}
trap end EXIT

# --- telling -----------------------------------------------------------------------------------
if [ -t 1 ]; then orange=$'\e[48;5;208;30m' bold=$'\e[1m' off=$'\e[0m'; else orange= bold= off=; fi
step_number=0 passed=0
declare -a table
step() {
  step_number=$((step_number + 1))
  printf '\n%s %d. %s %s\n' "$bold" "$step_number" "$1" "$off"
  title=$1
}
tell() { printf '    %s\n' "$*"; }
# done_as TEXT: the step went as it should; TEXT goes into the closing table.
done_as() { passed=$((passed + 1)); table+=("$(printf '%2d  %-44s %s' "$step_number" "$title" "$1")"); }
fail() { printf '\n    NIET ZOALS HET HOORT: %s\n' "$1" >&2; [ -s "$folder/out" ] && cat "$folder/out" >&2; exit 1; }

# as NAME EXIT ARGUMENTS...: runs sluis as that person, shows what they see, and checks the exit code.
as() {
  local who=$1 want=$2 code=0
  shift 2
  printf '    %s$ sluis %s%s\n' "$who" "$(printf '%q ' "$@" | sed "s#$folder/##g; s# \$##")" ""
  XDG_CONFIG_HOME=$folder/personen/$who "$bin/sluis" "$@" >"$folder/out" 2>&1 </dev/null || code=$?
  sed 's/^/      /' "$folder/out"
  [ "$code" = "$want" ] || fail "eindcode $code in plaats van $want"
}
# quiet: the same without showing anything.
quiet() {
  local who=$1
  shift
  XDG_CONFIG_HOME=$folder/personen/$who "$bin/sluis" "$@" >"$folder/out" 2>&1 </dev/null || fail "sluis $*"
}
must_say() { grep -qi -- "$1" "$folder/out" || fail "verwacht: $1"; }
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$folder/out" | head -n 1; }

with_dates() { # fills in @N@: the day N days from today
  local text offset
  text=$(cat "$1")
  for offset in $(grep -o '@-\{0,1\}[0-9]*@' "$1" | tr -d @ | sort -u); do
    text=${text//@$offset@/$(date -d "$offset days" +%d/%m/%Y)}
  done
  printf '%s\n' "$text"
}

free_port() {
  local port
  for port in $(seq 17443 17543); do
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
  done
  fail "geen vrije poort"
}

start_node() {
  : >"$folder/daemon.out"
  "$bin/sluisd" --config "$node/sluisd.yaml" >"$folder/daemon.out" 2>>"$folder/daemon.log" &
  daemon=$!
  local i
  for i in $(seq 300); do
    grep -q listening "$folder/daemon.out" && return
    kill -0 "$daemon" 2>/dev/null || { cat "$folder/daemon.log" >&2; fail "sluisd start niet"; }
    sleep 0.1
  done
  fail "sluisd wordt niet klaar"
}

# new_person NAME ROLE PURPOSE BASIS: keys on their own machine, admitted, with a mandate.
new_person() {
  local name=$1 role=$2 purpose=$3 basis=$4
  quiet "$name" user request --user "$name" --organisation caw-de-overzet.example --out "$folder/$name.request"
  quiet beheer.caw user add "$folder/$name.request" --ca "$node/ca" --out "$folder/$name.bundle" --yes
  quiet "$name" user install "$folder/$name.bundle"
  quiet beheer.caw mandate issue --user "$name" --role "$role" --key "$folder/kluis/mandate.key"
  printf 'role: %s\npurpose: %s\nbasis: %s\n' "$role" "$purpose" "$basis" \
    >>"$folder/personen/$name/sluis/$name/profile.yaml"
  tell "$name heeft de rol $role; de sleutels bleven op de eigen machine."
}

printf '%s  OEFENING - alle organisaties, mensen en feiten zijn verzonnen  %s\n' "$orange" "$off"
tell "Gezamenlijke LIVC R Vaartland. Vandaag één deelnemer: CAW De Overzet."

step "Een node uit het niets"
port=$(free_port)
quiet beheer.caw node init --folder "$node" --organisation caw-de-overzet.example --kind welfare \
  --secrecy ja --listen "127.0.0.1:$port" --address "127.0.0.1:$port" \
  --statutory-pack "$packs/statutory.be.yaml" --partnership-pack "$packs/livc-r.vaartland.yaml" \
  --node-pack "$packs/node.caw.yaml" --administrator-id beheer.caw --yes
sed -i 's/^  address: 127.0.0.1:9464/  address: 127.0.0.1:0/; s/^tick_ms:.*/tick_ms: 200/' "$node/sluisd.yaml"
mkdir -p "$folder/kluis" && mv "$node/mandate/mandate.key" "$folder/kluis/"
tell "De mandaatsleutel gaat in een kluis, weg van de node: de beheerder kan niemand verzinnen."
start_node
as beheer.caw 0 node status
done_as "draait op 127.0.0.1:$port"

step "Mensen en mandaten"
new_person noor.w maatschappelijk-werker signaal-intake vl-prev-2024
new_person sam.c casemanager signaal-intake vl-prev-2024
new_person dpo.caw privacy-officer toezicht eu-gdpr-accountability
quiet zonder.m user request --user zonder.m --organisation caw-de-overzet.example --out "$folder/z.request"
quiet beheer.caw user add "$folder/z.request" --ca "$node/ca" --out "$folder/z.bundle" --yes
quiet zonder.m user install "$folder/z.bundle"
tell "zonder.m is toegelaten, maar kreeg geen mandaat."
done_as "drie mandaten, één gebruiker zonder"

step "Tafeloverleg: twaalf rijen, één te veel beloofd"
with_dates "$here/tafel.csv.in" >"$folder/tafel.csv"
as sam.c 3 signal import "$folder/tafel.csv" --case INTAKE --yes
must_say "11"
tell "Nog eens dezelfde tabel: er komt niets bij."
as sam.c 3 signal import "$folder/tafel.csv" --case INTAKE --yes
must_say "Opgetekend: 0"
done_as "11 opgetekend, 1 geweigerd met regel en veld"

step "Een jeugdwerker belt; Noor schrijft op"
with_dates "$here/signaal.yaml.in" >"$folder/signaal.yaml"
tell "Feit apart van inschatting; wie het inbracht apart van wie het opschreef."
quiet noor.w signal record --file "$folder/signaal.yaml" --case INTAKE --yes --json
id=$(field record_id)
[ -n "$id" ] || id=$(grep -o '[0-9a-f]\{32\}' "$folder/out" | head -n 1)
[ -n "$id" ] || fail "geen nummer van het signaal"
as noor.w 0 signal open "$id" --case INTAKE
must_say "inbrenger"
done_as "signaal ${id:0:8}…"

step "Geen signaal"
tell "Iemand bidt meer, draagt andere kleren, heeft vrienden en goede punten. Daar is geen categorie voor."
sed 's/^categorie:.*/categorie: levensbeschouwing/' "$folder/signaal.yaml" >"$folder/geen.yaml"
as noor.w 2 signal record --file "$folder/geen.yaml" --case INTAKE --yes
must_say "categorie"
done_as "niets bewaard"

step "Wie niet mag, leert niets, en het staat op papier"
as zonder.m 6 signal open "$id" --case INTAKE --role maatschappelijk-werker --purpose signaal-intake --basis vl-prev-2024
as dpo.caw 4 signal open "$id" --case INTAKE
must_say "kan niet"
done_as "twee keer geweigerd, twee keer gelogd"

step "Verbeteren en terugnemen"
sed 's/^positief:.*//; $ a positief: Ging deze week voor het eerst opnieuw sporten.' "$folder/signaal.yaml" >"$folder/beter.yaml"
as noor.w 0 signal amend "$id" --file "$folder/beter.yaml" --case INTAKE --reason "goed nieuws van de sportclub" --yes
quiet noor.w signal record --file "$folder/signaal.yaml" --case INTAKE --yes --json
second=$(field record_id)
[ -n "$second" ] || second=$(grep -o '[0-9a-f]\{32\}' "$folder/out" | head -n 1)
as noor.w 0 signal withdraw "$second" --case INTAKE --reason "stond er dubbel in"
done_as "één verbeterd, één teruggenomen"

step "De stroom valt uit"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
start_node
as noor.w 0 signal open "$id" --case INTAKE
must_say "sporten"
done_as "na herstart staat alles er nog"

step "Wissen, met een klacht ertussen"
as dpo.caw 0 signal hold "$id" --case KLACHT-7 --reason "klacht in behandeling bij de DPO" --review-on "$(date -d "30 days" +%d/%m/%Y)"
as noor.w 4 signal erase "$id" --case INTAKE --reason "niet langer nodig" --yes
as dpo.caw 0 signal hold "$id" --case KLACHT-7 --reason "klacht is afgehandeld" --release
as noor.w 0 signal erase "$id" --case INTAKE --reason "niet langer nodig" --yes
as noor.w 4 signal open "$id" --case INTAKE
done_as "geschorst, dan gewist; het bewijs blijft"

step "De DPO kijkt na wie wat deed"
as dpo.caw 0 log query --reason "steekproef van deze week" --limit 8
sleep 0.5
as dpo.caw 0 log export --out "$folder/log.sluislog" --reason "controle zonder de node" --open decision
as dpo.caw 0 log verify "$folder/log.sluislog"
done_as "het log klopt, zonder de node nagekeken"

step "Eén byte veranderd"
cp "$folder/log.sluislog" "$folder/vervalst.sluislog"
size=$(stat -c %s "$folder/vervalst.sluislog")
printf '\x5a' | dd of="$folder/vervalst.sluislog" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
cmp -s "$folder/log.sluislog" "$folder/vervalst.sluislog" &&
  printf '\xa5' | dd of="$folder/vervalst.sluislog" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
as dpo.caw 1 log verify "$folder/vervalst.sluislog"
done_as "gevonden"

step "Reservekopie"
as beheer.caw 0 node backup
done_as "gemaakt, zonder sleutels"

printf '\n%sWat er gebeurde%s\n' "$bold" "$off"
printf '  %s\n' "${table[@]}"
printf '  %d van %d stappen zoals het hoort\n' "$passed" "$step_number"

if [ "$keep" = yes ]; then
  printf '\nDe node draait verder (proces %s, map %s). Spreek als een persoon:\n' "$daemon" "$folder"
  for who in beheer.caw noor.w sam.c dpo.caw zonder.m; do
    printf '  XDG_CONFIG_HOME=%s/personen/%s %s/sluis signal list --case INTAKE\n' "$folder" "$who" "$bin"
  done
  printf 'Stoppen: kill %s; opruimen: rm -r %s\n' "$daemon" "$folder"
fi
