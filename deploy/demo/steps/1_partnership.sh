# From nothing to five nodes in one partnership that practises, with people who may do something in it.
# shellcheck shell=bash
step "Vijf nodes uit het niets"
choose_ports
all_at_once make_node
for member in "${members[@]}"; do launch "$member"; done
for member in "${members[@]}"; do ready "$member"; done
tell "Elke organisatie maakt haar eigen sleutels. De mandaatsleutel gaat in een kluis, weg van de node: een beheerder kan niemand verzinnen."
as beheer.caw 0 node status
done_as "vijf nodes draaien op 127.0.0.1"

step "Eén samenwerking, door alle vijf ondertekend"
tell "Eerste ronde: elke organisatie stelt zich voor, met haar sleutels."
statement_of() { # MEMBER: the command line, in $statement
  statement=(partnership member --name "${name[$1]}" --zone "${zone[$1]}" --address "127.0.0.1:${peer_port[$1]}"
    --mandate-until "$(sed -n 's/^not-after: //p' "$folder/safe/$1/mandate.key")" --config "$1/sluisd.yaml" --out "$1.member")
}
state_member() {
  local -a statement
  statement_of "$1"
  quiet "beheer.$1" "${statement[@]}"
}
all_at_once state_member
statement_of caw
shown beheer.caw "$(said beheer.caw)" "${statement[@]}"
tell "Lindervaart legt de vijf samen in een ontwerp, met de regels erbij. Tweede ronde: ieder leest het en ondertekent."
quiet beheer.lindervaart partnership draft "${members[@]/%/.member}" --id "$partnership" --name "LIVC R Vaartland" \
  --state exercise --statutory "$packs/statutory.be.yaml" --partnership "$packs/livc-r.vaartland.yaml" --out vaartland.draft
sign_draft() {
  quiet "beheer.$1" partnership sign vaartland.draft --member "$1.member" --config "$1/sluisd.yaml" --out "vaartland.$1.signed" --yes
}
all_at_once sign_draft
tell "Vier van de vijf is niet genoeg: dan komt er geen samenwerking."
as beheer.lindervaart 1 partnership assemble vaartland.{lindervaart,zandrode,sluizen,heidezoom}.signed --out vaartland.manifest
as beheer.lindervaart 0 partnership assemble vaartland.{lindervaart,zandrode,sluizen,heidezoom,caw}.signed --out vaartland.manifest
tell "Wie er lid is, leest iedereen zelf na."
ask beheer.zandrode partnership show vaartland.manifest
grep -v '^  \(sleutel\|vingerafdruk\|machine\)' "$(said beheer.zandrode)" >"$folder/seen/members"
shown beheer.zandrode "$folder/seen/members" partnership show vaartland.manifest '|' grep -v -e sleutel -e vingerafdruk -e machine
done_as "manifest 1, vijf handtekeningen"

step "Eén protocol, door alle vijf ondertekend"
tell "Het protocol zegt wie wie wat mag meedelen, waarom en met welke velden. De regels zijn dezelfde afspraak, voor de nodes."
cp "$top/docs/examples/protocol.vaartland.yaml" "$folder/protocol.yaml"
cp "$packs/statutory.be.yaml" "$packs/livc-r.vaartland.yaml" "$folder/"
as beheer.lindervaart 0 protocol check protocol.yaml statutory.be.yaml livc-r.vaartland.yaml
for member in "${members[@]}"; do
  [ "$member" != caw ] || as beheer.lindervaart 1 protocol show protocol.yaml --manifest vaartland.manifest
  quiet "beheer.$member" protocol sign protocol.yaml --manifest vaartland.manifest --config "$member/sluisd.yaml" --yes
done
tell "Vier van de vijf is ook hier niet genoeg. Met de vijfde handtekening geldt het, en nemen de nodes het aan."
as beheer.lindervaart 0 protocol show protocol.yaml --manifest vaartland.manifest
done_as "protocol van kracht, vijf handtekeningen"

step "De oefening begint"
tell "Elke node krijgt het manifest. In deze oefening duurt de bedenktijd $cooling_off seconden in plaats van vier uur."
for member in "${members[@]}"; do
  cp "$folder/vaartland.manifest" "$folder/$member/partnership.manifest"
  cp "$folder/protocol.yaml" "$folder/protocol.yaml.signatures" "$folder/$member/"
  printf 'partnership:\n  manifest: partnership.manifest\n  protocol: protocol.yaml\n  exercise_cooling_off_s: %s\n' "$cooling_off" >>"$folder/$member/sluisd.yaml"
  kill -HUP "${daemon[$member]}"
done
until_line 30 beheer.lindervaart "${org[caw]}" "bereikt: [0-9]" exchange status
must_say beheer.lindervaart "OEFENING"
tell "De oranje balk staat boven elk antwoord, en elke handeling in het log draagt het merk van de oefening."
done_as "oefening, op elk scherm te zien"

step "Mensen en mandaten"
people_of() {
  case $1 in
    lindervaart)
      new_person lindervaart eva.c livc-coordinator signaal-intake be-livc-2018
      new_person lindervaart dpo.lindervaart privacy-officer toezicht eu-gdpr-accountability
      ;;
    zandrode)
      new_person zandrode mila.z livc-coordinator signaal-intake vl-prev-2024
      may_sign zandrode mila.z livc-coordinator
      ;;
    heidezoom)
      new_person heidezoom jef.h information-officer signaal-intake be-livc-2018
      new_person heidezoom tom.d
      new_person heidezoom dpo.heidezoom privacy-officer toezicht eu-gdpr-accountability
      ;;
    caw)
      new_person caw noor.w maatschappelijk-werker signaal-intake vl-prev-2024
      may_sign caw noor.w maatschappelijk-werker
      new_person caw dpo.caw privacy-officer toezicht eu-gdpr-accountability
      ;;
  esac
}
all_at_once people_of
asks=([eva.c]='inbox list --case INTAKE' [mila.z]='signal list --case INTAKE' [noor.w]='signal sent --case INTAKE'
  [jef.h]='inbox list --case INTAKE' [tom.d]='node status' [dpo.lindervaart]='log query --reason steekproef'
  [dpo.heidezoom]='log query --reason steekproef' [dpo.caw]='log query --reason steekproef')
tell "Lindervaart: eva.c is coördinator van de LIVC R, dpo.lindervaart houdt toezicht."
tell "Zandrode: mila.z vervangt de coördinator bij afwezigheid."
tell "PZ Heidezoom: jef.h is information officer; tom.d is toegelaten, maar kreeg geen rol; dpo.heidezoom houdt toezicht."
tell "CAW De Overzet: noor.w is maatschappelijk werker, dpo.caw houdt toezicht."
tell "Noor en Mila mogen bij partners ondertekenen: zij kregen ook een mandaat voor het samenwerkingsverband, met een pseudoniem."
as beheer.caw 0 mandate list
done_as "acht mensen, één zonder rol"
