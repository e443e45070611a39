"""The small words of both languages and the part that each plays in a sentence.

Read by `tokens`. A word is listed once, under its usual part; verbs that move money are in `verbs`. Chat spellings
stand beside the full ones. Endings such as `-nya` and `-lah` are taken off by `tokens`, so only irregular ones are
listed.
"""

from __future__ import annotations

from handlers.grammar.sentences.kinds import Kind
from handlers.grammar.sentences.lists import phrases, words
from handlers.grammar.sentences.regional import REGIONAL_WORDS
from handlers.grammar.sentences.word_phrases import PARTS_OF_PHRASES

_WORDS: dict[Kind, str] = {
    Kind.ME: """
        saya sy sya gw gue gua gwe aku ak aq ane kami kita kta awak i me my mine we us our im ive myself
    """,
    Kind.YOU: """
        kamu km lu loe elu kau anda kalian you u your yours
    """,
    Kind.THIRD: """
        dia dy ia beliau doi mereka everybody everyone anybody anyone he she him her his they them their it
        debitur peminjam someone somebody folks orang people
    """,
    Kind.KIN: """
        adik adek kakak kaka abang ibu bapak ayah papa mama mamah istri suami bini laki teman temen tmn sobat
        tetangga sepupu om tante paman bibi keponakan ponakan anak mertua pacar ipar nenek kakek sodara saudara
        karyawan pegawai langganan pelanggan brother sister mom mum dad mother father wife husband friend
        neighbour neighbor cousin uncle aunt son daughter boyfriend girlfriend roommate flatmate colleague
        coworker landlord tenant customer client employee buddy mate nephew niece supplier
    """,
    Kind.TO: """
        ke kepada kpd pada pd to onto
    """,
    Kind.FROM: """
        dari dr dri drpd daripada from
    """,
    Kind.WITH: """
        sama sm ama dengan dgn dg with
    """,
    Kind.BY: """
        oleh by
    """,
    Kind.AT: """
        di at
    """,
    Kind.FOR: """
        buat bwt bt untuk utk tuk guna for
    """,
    Kind.VIA: """
        via lewat lwt pakai pake pk melalui through using
    """,
    Kind.AND: """
        dan dn serta and & + atau or plus
    """,
    Kind.UNTIL: """
        sampai sampe smp smpe hingga sampek until till til
    """,
    Kind.NOT: """
        belum blm belom belon blon lom kurang blom blum tidak tdk tak gak ga gk g nggak ngga nggk enggak engga
        kagak kaga ndak nda bukan bkn tanpa not nothing nobody noone none never cannot neither nor without
        hardly no didnt hasnt havent hadnt isnt wasnt doesnt wont cant couldnt wouldnt shouldnt aint refused
        refuses nolak menolak gagal failed forgot lupa refuse
    """,
    Kind.DONT: """
        jangan jgn jngn dont gausah
    """,
    Kind.IF: """
        kalau kalo klo kl kalok klu jika jk jikalau bila bilamana andai seandainya andaikan misal misalnya
        misalkan umpama seumpama asal asalkan sebelum sblm setelah stlh sesudah begitu before after if unless
        whether once assuming suppose supposing provided
    """,
    Kind.ASK: """
        apa apakah apkah gimana gmn gmna bagaimana bgmn kenapa knp mengapa masa masak emang emangnya memangnya
        bukannya bukankah benarkah betulkah benar bener betul what why how which whose haruskah perlukah mana
    """,
    Kind.AUX: """
        did does do has have had is was are were am been being be shall
    """,
    Kind.WHO: """
        siapa siapakah sapa sp spa syapa who whom whos
    """,
    Kind.WHEN: """
        kapan kpn kapankah when
    """,
    Kind.MUCH: """
        berapa brp brapa berapakah
    """,
    Kind.TAG: """
        kan right innit
    """,
    Kind.MAY: """
        boleh bolehkah bisa bs bisakah dapatkah can could may should shld
    """,
    Kind.FUTURE: """
        mau mo mw akan akn bakal bakalan nanti nnti ntar entar tar rencana rencananya berencana niat berniat
        pengen pgn pengin pingin ingin kepengen hendak janji berjanji minta mnta mungkin barangkali kayaknya
        kyknya kayanya sepertinya spertinya semoga moga harap berharap harus hrs kudu mesti musti wajib perlu
        seharusnya hampir nyaris disuruh jadinya coba berusaha besoknya segera bersedia sanggup siap kepingin
        mengajukan ajukan butuh will gonna want wants wanted wanna plan plans planning planned promise promises
        promised might maybe perhaps probably would must need needs needed hope hopes hoping wish wishes wishing
        expect expects expecting going gotta almost nearly considering thinking tempted intends intend try tries
        trying tried ask asked asks asking hopefully likely offer offered offers agreed agrees agree willing
        ought wondering possibly supposed begging begged swore swears swear soon request requested requests
        usually
    """,
    Kind.HEARSAY: """
        katanya ktnya kata bilang blg blang ngaku mengaku ngakunya konon kabarnya denger dengar kira kirain
        pikir rasa dikira sangka said say says saying claims claimed claim think thinks thought guess believe
        believes heard hear apparently allegedly told tells imagine pretend dreamt dreamed mimpi ngomong cerita
        seolah supposedly lie lied lying bohong
    """,
    Kind.PARTICLE: """
        suruh cara dong dongs donk ya yaa iya y nih ni deh dech kok sih si lah loh lho lo tuh toh kek juga jg
        jga lagi lg aja aj saja doang kak ka min gan sis bro cuy cuk guys bos boss eh oh wah hai halo hi hey
        hello yang yg adalah itu ini tsb tersebut punya pny ada the a an this these those some any too also
        again just only um uh well so then ok oke okay okey alhamdulillah akhirnya finally cuma cuman hanya
        sekitar sebesar senilai sejumlah total totalnya nominal of as in on bahwa sebanyak terus trus lalu abis
        kontan worth seharga harga langsung pas memang mmg amount amounting another dulu dl dlu duluan juragan
        admin bot yes yep yeah anyway btw fyi literally actually basically now hari sekarang skrg per tiap more
        extra tambahan lumayan totally ternyata soal tentang about regarding jadi jd menjadi made yah toward
        towards against rupanya untung untungnya syukur syukurlah kebetulan yep tinggal bucks dollars dollar
        quid perak rupiah arrived yaitu lakukan melakukan dilakukan dilaksanakan melaksanakan diproses ampun
        gentle friendly polite little eventually grudgingly sebagai secara pencairan penyaluran datang dateng
        mampir numpang nya further altogether ulang
    """,
    Kind.DONE: """
        udah udh uda dah dh udeh sudah sdh sdah telah tlh barusan brusan baru bru tadi td habis already recently
        earlier masih msh still yet
    """,
    Kind.BACK: """
        back kembali balik
    """,
    Kind.OFF: """
        off up down out
    """,
    Kind.POLITE: """
        tolong tlg tlong tolongin mohon mhn please pls plz plis kindly bantu bantuin ayo yuk
    """,
    Kind.RECORD: """
        catat catet dicatat dicatet catatin catetin catatkan nyatet mencatat nyatat tulis tulisin tuliskan input
        inputin masukin masukkan rekam bukukan bukuin note record log write enter register add put jot tambah
        tambahin tambahkan nambah nambahin bertambah
    """,
    Kind.THAT: """
        that bahwasanya
    """,
    Kind.LAST: """
        terakhir trakhir trkhr last latest previous
    """,
    Kind.FULL: """
        semua semuanya smua smuanya full penuh seluruhnya seluruh all everything whole entire entirely
        completely fully
    """,
    Kind.THING: """
        uang uangnya duit duitnya kas dana money anything something rekening rek bca bri bni mandiri bsi ovo
        gopay shopeepay qris atm bank paypal venmo card cheque cash wise zelle tunai jumlah nominalnya sebagian
        sisanya sisa sisany rest part half setengah separuh separo dp instalment installment account time waktu
        wkt hp wa perjanjian perjanjiannya agreement agreements
    """,
    Kind.EXPENSE: """
        lunch dinner breakfast coffee groceries arisan iuran listrik air pajak gaji sewa kontrakan kos kost
        bensin makan parkir pulsa wifi internet bpjs pln pdam token ongkir rent electricity water tax taxes
        salary salaries wages bill bills invoice fuel
    """,
    Kind.DEBT: """
        utangnya hutangnya utangku hutangku piutang piutangnya utang2 tanggungan kewajiban debts pinjamannya
        saldo tunggakan tagihan kasbonnya balance outstanding loans tagihannya kekurangan kekurangannya
    """,
    Kind.TERM: """
        tempo temponya tenggat deadline batas tenor
    """,
    Kind.NUMBER_OF: """
        nomor nomer nmr mobile cell cellphone handphone telp telepon telpon hape kontak number phone contact
        whatsapp nomornya
    """,
    Kind.SHOW: """
        cek check lihat liat lihatin liatin tampilkan tampilin tunjukin tunjukkan kasihtau info infoin show
        informasi see view list daftar ngecek ngeliat periksa buka open display pull bring
    """,
    Kind.GOODS: """
        ambil ambilin ngambil bawa bawain beli belanja borong bungkus take took takes taken bought buy buys
        picked grabbed
    """,
    Kind.CANCEL: """
        dibatalkan dibatalin batal batalin batalkan urungkan urungin undo revert hapus hapusin hapuskan delete
        cancel remove reverse scratch ilangin hilangkan erase unbook coret buang tarik wipe
    """,
    Kind.PAST: """
        kemaren kmrn kmren kmaren semalam semalem
    """,
}

# Words that are also given names; written with a capital beside a verb or preposition they are people.
ALSO_NAMES = words("will may dan kasih bunga said sue grant bill hope mark rich indah wise dana tri bank")
FIRMS = words("toko pt cv ud warung kedai koperasi bengkel kios kantin salon apotek agen rumah firma pd bakso")

# Chat spellings inside phrases: a phrase is listed once, under the spelling on the right.
ALIASES = {
    variant: usual
    for usual, variants in {
        "tadi": "td tdi",
        "gak": "ga gk nggak ngga enggak engga kagak kaga tidak tdk tak g nggk",
        "hutang": "utang htg utg",
        "sudah": "udah udh uda dah sdah sdh telah",
        "malam": "malem",
        "pinjam": "pinjem pnjm minjam minjem",
        "pinjaman": "pinjeman",
        "kasih": "kasi ksh",
        "dapat": "dapet dpt",
        "yang": "yg",
        "hp": "hpnya",
        "wa": "wanya",
    }.items()
    for variant in variants.split()
}


def usual(key: str) -> str:
    """The spelling under which phrases know a word."""
    return ALIASES.get(key, key)


WORDS = {word: kind for table in (REGIONAL_WORDS, _WORDS) for kind, text in table.items() for word in words(text)}
PHRASES = {
    tuple(map(usual, phrase.split())): kind for kind, text in PARTS_OF_PHRASES.items() for phrase in phrases(text)
}
