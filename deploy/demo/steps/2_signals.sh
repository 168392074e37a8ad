# Signals are written down: a table meeting, a telephone call, and what is no signal.
# shellcheck shell=bash
step "Tafeloverleg: twaalf rijen, één te veel beloofd"
with_dates "$here/tafel.csv.in" >"$folder/tafel.csv"
as mila.z 3 signal import tafel.csv --case INTAKE --yes
must_say mila.z "regel 13, veld datum"
must_say mila.z "Opgetekend: 11"
tell "Nog eens dezelfde tabel: er komt niets bij."
as mila.z 3 signal import tafel.csv --case INTAKE --yes
must_say mila.z "Opgetekend: 0. Stond er al: 11"
done_as "11 opgetekend, 1 geweigerd met regel en veld"

step "Een jeugdwerker belt; de plaatsvervanger schrijft op"
tell "De coördinator is met verlof. Mila van Zandrode neemt op, leest voor wat zij schreef, en houdt feit en inschatting apart."
with_dates "$here/telefoon.yaml.in" >"$folder/telefoon.yaml"
quiet mila.z signal record --file telefoon.yaml --case INTAKE --yes --json
phoned=$(record_of mila.z)
as mila.z 0 signal open "$phoned" --case INTAKE
must_say mila.z "inbrenger"
tell "Wie het inbracht en wie het optekende, zijn twee mensen. De inbrenger gaat nooit mee naar een andere organisatie."
done_as "signaal ${phoned:0:8}…, feit apart van inschatting"

step "Geen signaal"
tell "Iemand bidt meer, draagt andere kleren, heeft vrienden en goede punten. Daar is geen categorie voor."
with_dates "$here/geen_signaal.yaml.in" >"$folder/geen_signaal.yaml"
as mila.z 2 signal record --file geen_signaal.yaml --case INTAKE --yes
must_say mila.z "categorie"
done_as "niets bewaard"
