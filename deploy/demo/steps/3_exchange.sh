# One signal crosses, and who has no right learns nothing.
# shellcheck shell=bash
# A client of the CAW agrees to help: the municipality's coordinator may get it, the police may not.
help=(--purpose doorverwijzing-hulp --case CAW-2026-014)

step "Naar de politie kan niet"
tell "Noor van het CAW schrijft op wat een cliënt vertelde, met zijn akkoord voor een doorverwijzing."
with_dates "$here/client.yaml.in" >"$folder/client.yaml"
quiet noor.w signal record --file client.yaml --case INTAKE --yes --json
record=$(record_of noor.w)
as noor.w 4 signal share "$record" --to "${org[sluizen]}" --to-role information-officer "${help[@]}" --yes
must_say noor.w "dit kan niet omdat"
must_say noor.w "dit kan wel"
tell "Een doorverwijzing naar hulp kan dus wel, want de cliënt gaat akkoord."
tell "Over een plaats, zonder mensen, kan het wel: Mila deelt een fenomeen met PZ Heidezoom."
quiet mila.z signal list --case INTAKE --json
# The newest comes first: the last one is of the table meeting.
place=$(sed -n 's/.*"record_id": *"\([^"]*\)".*/\1/p' "$(said mila.z)" | tail -n 1)
quiet mila.z signal share "$place" --to "${org[heidezoom]}" --to-role information-officer --case INTAKE --yes --json
done_as "geweigerd, met wat wel kan; er vertrok niets"

step "Gedeeld, en binnen de bedenktijd teruggenomen"
tell "Noor ziet vooraf wat er zou vertrekken, wat hier blijft, en dat ze $cooling_off seconden bedenktijd heeft."
as noor.w 0 signal share "$record" --to "${org[lindervaart]}" --to-role livc-coordinator "${help[@]}" --yes
as noor.w 0 signal withdraw "$record" --from "${org[lindervaart]}" --reason "eerst nalezen met de cliënt" --case INTAKE
as eva.c 0 inbox list --case INTAKE
must_not_say eva.c "${org[caw]}"
done_as "Lindervaart heeft er niets van gezien"

step "Verbeterd, en opnieuw verstuurd"
tell "De cliënt las mee: er kwam iets goeds bij."
sed 's/^positief:.*//; $ a positief: Belde vorige week zelf om een nieuwe afspraak te maken.' "$folder/client.yaml" >"$folder/client_beter.yaml"
as noor.w 0 signal amend "$record" --file client_beter.yaml --case INTAKE --reason "nagelezen met de cliënt" --yes
quiet noor.w signal share "$record" --to "${org[lindervaart]}" --to-role livc-coordinator "${help[@]}" --yes --json
exchange=$(field noor.w exchange_id)
as noor.w 0 signal sent "$record" --case INTAKE
must_say noor.w "bedenktijd"
until_line 40 noor.w "$exchange" "geopend bij de partner" signal sent "$record" --case INTAKE
tell "Het ontvangstbewijs kwam voor de sleutel: Lindervaart tekende de voorwaarden eer het iets kon lezen. Noor ziet hoe het staat, niet wat ermee gebeurt."
done_as "na $cooling_off seconden bedenktijd vertrokken en aangekomen"

step "De coördinator opent het"
as eva.c 0 inbox list --case INTAKE
must_say eva.c "${org[caw]}"
received=$(grep -m1 "${org[caw]}" "$(said eva.c)" | cut -c1-32)
as eva.c 0 inbox open "$received" --case INTAKE
must_say eva.c "nieuwe afspraak"
must_not_say eva.c "noor"
tell "De inbrenger, wie het optekende en de eigen verwijzing van het CAW zijn er niet bij."
done_as "te lezen, met de voorwaarden erbij"

step "De politie leest over een plaats"
until_line 60 jef.h "${org[zandrode]}" "te lezen" inbox list --case INTAKE
place=$(grep -m1 "${org[zandrode]}" "$(said jef.h)" | cut -c1-32)
as jef.h 0 inbox open "$place" --case INTAKE
must_say jef.h "feit"
must_not_say jef.h "mila"
done_as "een fenomeen, de maand in plaats van de dag, geen mensen"

step "Bij de politie probeert iemand zonder rol hetzelfde"
tell "Tom van PZ Heidezoom weet van Jef welk nummer het heeft. Zijn node kent hem, maar hij heeft geen rol."
as tom.d 6 inbox open "$place" --case INTAKE --role information-officer --purpose signaal-intake --basis be-livc-2018
must_not_say tom.d "feit"
must_not_say tom.d "${org[zandrode]}"
tell "De privacy officer van zijn zone opent wie het was: Jef las het, Tom mocht niet. Welk signaal Tom wilde staat er niet bij, want zonder rol zocht de node niets op."
as dpo.heidezoom 0 log query --reason "wie probeerde wat" --open actor --decision-ref DPO-2026-7 --limit 5
must_say dpo.heidezoom 'OpenSignal.* jef\.h/information-officer'
must_say dpo.heidezoom 'OpenSignal.*role_not_held.* tom\.d/'
done_as "geweigerd en opgetekend; hij leerde niets"

step "De node van Lindervaart ligt stil; een deling wacht"
stop lindervaart
with_dates "$here/goed_nieuws.yaml.in" >"$folder/goed_nieuws.yaml"
quiet noor.w signal record --file goed_nieuws.yaml --case INTAKE --yes --json
good=$(record_of noor.w)
quiet noor.w signal share "$good" --to "${org[lindervaart]}" --to-role livc-coordinator "${help[@]}" --yes --json
waiting=$(field noor.w exchange_id)
until_line 40 noor.w "$waiting" "aangeboden" signal sent "$good" --case INTAKE
until_line 40 beheer.caw "${org[lindervaart]}" "niet" exchange status
tell "Lindervaart start opnieuw. Niemand doet iets."
launch lindervaart
ready lindervaart
until_line 90 noor.w "$waiting" "geopend bij de partner" signal sent "$good" --case INTAKE
as eva.c 0 inbox list --case INTAKE
[ "$(grep -c "${org[caw]}" "$(said eva.c)")" = 2 ] || fail "de deling kwam niet precies één keer aan"
done_as "vanzelf aangekomen, één keer"
