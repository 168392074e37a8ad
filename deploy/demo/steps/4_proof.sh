# Both logs are whole and agree; a log that was changed does not stay unseen.
# shellcheck shell=bash
# export_for MEMBER PARTNER FILE: the privacy officer takes from the log what concerns one partner.
export_for() {
  as "dpo.$1" 0 log export --for "${org[$2]}" --out "$3" --reason "afstemming met ${name[$2]}"
}

step "De privacy officers kijken na"
as dpo.lindervaart 0 log query --reason "steekproef van deze week" --limit 8
# A checkpoint covers it at the next tick.
sleep 0.5
as dpo.lindervaart 0 log export --out lindervaart.sluislog --reason "controle zonder de node"
as dpo.lindervaart 0 log verify lindervaart.sluislog
as dpo.caw 0 log export --out caw.sluislog --reason "controle zonder de node"
as dpo.caw 0 log verify caw.sluislog
done_as "beide logs kloppen, zonder de nodes nagekeken"

step "Twee logs naast elkaar"
tell "Elk geeft de ander alleen wat hen samen aangaat; van de rest enkel de controlegetallen."
export_for caw lindervaart caw-voor-lindervaart.sluislog
export_for lindervaart caw lindervaart-voor-caw.sluislog
as dpo.caw 0 log reconcile caw-voor-lindervaart.sluislog lindervaart-voor-caw.sluislog --manifest vaartland.manifest
done_as "elke deling staat in beide logs"

# tampered COPY HOW: a copy of the data of Lindervaart's stopped node, changed, and a node that goes on with it.
tampered() {
  cp -r "$folder/lindervaart/data" "$folder/lindervaart/$1"
  sed "s#^data_folder:.*#data_folder: $folder/lindervaart/$1#" "$folder/lindervaart/sluisd.yaml" >"$folder/lindervaart/$1.yaml"
  "$bin/sluis_demo_tamper" "$2" "$folder/lindervaart/$1.yaml" "${org[caw]}" >"$folder/seen/tamper" 2>&1 ||
    fail "de kopie is niet vervalst" "$folder/seen/tamper"
  tell "$(cat "$folder/seen/tamper")"
  launch lindervaart "$folder/lindervaart/$1.yaml"
  ready lindervaart
}

step "Zwak vervalst: één byte in de gegevens"
tell "De node van Lindervaart stopt. Iemand met toegang tot de schijf verandert een kopie van de gegevens, en de node gaat ermee verder."
stop lindervaart
tampered zwak.copy weak
as dpo.lindervaart 0 log export --out zwak.sluislog --reason "controle na een vermoeden"
as dpo.lindervaart 1 log verify zwak.sluislog
must_say dpo.lindervaart "handeling [0-9]"
stop lindervaart
done_as "gevonden, met het nummer van de handeling"

step "Sterk vervalst: alles herrekend en opnieuw ondertekend"
tell "Wie de node beheert, heeft de sleutel van het log. Hij doet in een andere kopie alsof er van het CAW nooit iets kwam."
tampered sterk.copy strong
export_for lindervaart caw sterk.sluislog
as dpo.lindervaart 0 log verify sterk.sluislog
tell "Op zichzelf klopt dat log. Maar het CAW bewaarde het ontvangstbewijs."
as dpo.caw 1 log reconcile caw-voor-lindervaart.sluislog sterk.sluislog --manifest vaartland.manifest
must_say dpo.caw "verschil: [1-9]"
stop lindervaart
launch lindervaart
ready lindervaart
done_as "gevonden door het ontvangstbewijs van de partner"
