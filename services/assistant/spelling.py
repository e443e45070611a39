"""Word lists of both languages: how chat spelling is meant, which words say little, which tell the language."""

from __future__ import annotations


def _listed(words: str) -> list[str]:
    return words.split()


def _pairs(lines: str) -> dict[str, str]:
    """`usual: variant variant` for each line, turned around."""
    found: dict[str, str] = {}
    for line in lines.strip().splitlines():
        usual, _colon, variants = line.partition(":")
        found |= dict.fromkeys(variants.split(), usual.strip())
    return found


SPELLINGS = _pairs("""
bagaimana: gmn gimana gmana bgmn bagemana gmna gmn2 piye
berapa: brp brapa brpa berpa brapaan berapaan brpaan
not: tidak ga gak nggak ngga enggak engga gk g kagak kaga tak tdk tida tdak nda ndak nope
not yet: belum blm belom blum
bisa: bs bsa bisakah iso
kapan: kpn kpan
di mana: dmn dimana dmana dimanakah
ke mana: kmn kemana
mana: mn
yang: yg yng
dengan: dgn dg sama sm ama
untuk: utk buat bwt bt tuk
karena: krn karna krna
kalau: klo kalo kl klau
sudah: sdh udh udah dah sdah
saya: sy gw gue gua aku aq ane w gwe
kamu: km kmu lu lo elu loe kau anda situ
juga: jg jga
saja: aja aj sj
ada: ad adakah
apa: ap apakah ape apaan
kenapa: knp knapa napa mengapa ngapa
sekarang: skrg skrng skg skarang
besok: bsk bsok
hari: hr
jam: jm
dari: dr dri
dapat: dpt dpat
kirim: krm
bayar: byr
transfer: trf tf trfer transper tranfer trasnfer
rekening: rek
barang: brg brng
pesan: psn
harga: hrg hrga harge
uang: duit dut duwit fulus
buka: bk
tutup: ttp
ongkos kirim: ongkir
bayar di tempat: cod
tolong: tlg tlong tolongin
tahu: tau
pakai: pake pk pakek
mau: mo mw
sampai: sampe smpe smp nyampe nyampai
terima kasih: makasih mksh makasi trims trimakasih tq
rusak: rsk
lagi: lg lgi
jangan: jgn
masih: msh
boleh: blh
banget: bgt bngt
tanya: nanya
alamat: almt
nomor: no nmr nomer
orang: org
bulan: bln
minggu: mggu
tahun: thn
sampai mana: smpmana
you: u ya'll
your: ur
are: r
please: pls plz pliz plis
thanks: thx tnx thks thank
because: cuz coz bcs bc
about: abt
what: wat wut wht whats
how: hw hows
where: wheres
when: whens
with: w/
tomorrow: tmr tmrw tomoro
can not: cant cannot
do not: dont
does not: doesnt doesn
did not: didnt
is not: isnt aint
are not: arent
was not: wasnt
has not: hasnt
have not: havent
will not: wont
could not: couldnt
would not: wouldnt
should not: shouldnt
i am: im
i have: ive
want to: wanna
going to: gonna
got to: gotta
top up: topup
wi fi: wifi
check in: checkin
online: onlen
credit: kredit
discount: diskon disc
schedule: jadwal jadual
address: alamat
""") | {"wont": "will not", "won't": "will not", "can't": "can not", "shan't": "shall not"}
del SPELLINGS["alamat"], SPELLINGS["jadwal"], SPELLINGS["diskon"], SPELLINGS["kredit"]

POLITE = frozenset(
    _listed("""
    please tolong dong donk sih ya yaa iya yah kak kaka kakak min mimin admin gan agan sis bro bang bg mas mbak
    mba pak bapak bu ibu om tante bos boss halo hallo hello hi hai hey helo p ping permisi misi maaf sorry
    thanks kasih terima deh nih tuh lah kah kok loh lho mohon dear sir madam maam um uh oh ok oke okay well just
    assalamualaikum wr wb siang pagi sore malam selamat good morning afternoon evening
""")
) - {"terima", "kasih", "pagi", "siang", "sore", "malam", "morning", "afternoon", "evening", "good", "selamat"}

# How much a function word may say; the words of content are at 1.
FUNCTION = (
    dict.fromkeys(
        _listed("""
    a an the this that these those it its i me my mine myself you your yours we us our they them their he she
    him her his is am are was were be been being do does did done to of in on at for from by with and or but if
    then so as there here have has had having will would shall should may might must can could about into onto
    up out off over under than too very any some all each every also only own such s t ll ve re d m let go going
    one
"""),
        0.15,
    )
    | dict.fromkeys(
        _listed("""
    yang di ke dari dan atau ini itu nya saya kamu kami kita dia mereka untuk dengan pada dalam oleh juga saja
    aja akan sudah telah adalah ialah karena kalau jika bila maka tetapi tapi agar supaya bagi para si sang lagi
    masih pun lalu kemudian seperti secara antara tentang bisa dapat ada mau ingin boleh harus nah sampai banget
    jadi punya punyaku soal mengenai perihal info masalah
"""),
        0.15,
    )
    | dict.fromkeys(
        _listed("""
    get got getting need want know tell help like please make made use using see say said bikin
"""),
        0.35,
    )
)
FUNCTION |= dict.fromkeys(
    _listed("""
    up out off over before after not yet tahu tanya minta sekarang now currently pagi siang sore malam morning
    afternoon evening good selamat
"""),
    0.5,
)

QUESTION = dict.fromkeys(["what", "which", "how", "apa", "bagaimana", "berapa"], 0.3) | dict.fromkeys(
    _listed("""
    when where who whom whose why kapan mana siapa kenapa many much long often old
"""),
    0.6,
)

UNITS = {
    "kg": "kg", "kilo": "kg", "kilogram": "kg", "kgs": "kg", "g": "g", "gr": "g", "gram": "g", "grams": "g",
    "ons": "ons",
    "ton": "ton", "l": "l", "liter": "l", "litre": "l", "ltr": "l", "lt": "l", "ml": "ml", "cc": "cc", "m": "m",
    "meter": "m", "metre": "m", "mtr": "m", "cm": "cm", "mm": "mm", "km": "km", "inch": "inch", "inci": "inch",
    "in": "inch", "watt": "watt", "w": "watt", "volt": "volt", "v": "volt", "gb": "gb", "mb": "mb", "sak": "sak",
    "lusin": "lusin", "pcs": "pcs", "pc": "pcs", "biji": "pcs", "buah": "pcs", "am": "am", "pm": "pm", "m2": "m2",
    "m3": "m3", "x": "x",
}  # fmt: skip

# Stems that the stemmers miss, or get wrong.
ROOTS = _pairs("""
kirim: irim mengirim pengiriman kirimkan dikirim kiriman terkirim ngirim dikirimkan pengirim kirimin
terima: ima erima menerima diterima penerima nerima penerimaan
kembali: mbali embali mbalik kembalikan pengembalian dikembalikan mengembalikan balik balikin kembaliin
pesan: pesanan memesan pemesanan dipesan mesen pesen sanan mesan
pinjam: minjam pinjem minjem pinjamin
bayar: bayarin ngebayar bayaran
ambil: ngambil ngambilnya diambil pengambilan mengambil
tukar: tuker nukar nuker penukaran menukar ditukar
cicil: nyicil cicilan
antar: nganter anter anterin diantar ngantar antarkan
tarik: narik penarikan menarik ditarik
hilang: ilang kehilangan
cari: nyari mencari
coba: nyoba mencoba
beli: belanja membeli pembelian dibeli beliin
jual: jualan ngejual
buka: bukanya bukak
tutup: tutupnya nutup
datang: dateng
dapat: dapet
rusak: kerusakan merusak
batal: cancel dibatalkan membatalkan pembatalan batalin ngebatalin
bocor: bocornya
withdraw: withdrew withdrawn withdrawl withdrawal withdrawals withdraws withdrawls widraw withdrawing
charge: charg
lose: lost losing loses
steal: stole stolen
buy: bought buying
pay: paid payment paying payments pays
go: went gone
choose: chose chosen choosing
send: sent sending
receive: receiv received receiving receives recieve recieved receipt
deliver: deliveri deliv delivery delivered delivering
verify: verifi verif verification verified verifying
identity: ident identification
deny: denied deni denying
decline: declin
cancel: cancellation cancelled canceled cancelling
arrive: arriv arrival
freeze: froze frozen
break: broke broken
take: took taken
children: child kids kid
activate: activ activation reactivate
close: clos closed closing
open: opened opening
rate: rates
currency: currenc currencies
address: alamat alamatnya
""")
ROOTS.pop("cancel", None)

ENGLISH_MARKS = frozenset(
    _listed("""
    the a an is are was were do does did how what when where why who which can could would should will my your
    our i you we they it this that these have has had not of to from for with and or there please thanks hi
    hello hey am be been if about need want get much many open price cost card money help still just me any out
    on at
""")
)
INDONESIAN_MARKS = frozenset(
    _listed("""
    yang di ke dari dan atau ini itu saya kamu kami kita untuk dengan pada juga saja akan sudah karena kalau
    bagaimana berapa kapan mana apa kenapa siapa bisa dapat ada mau ingin boleh harus tolong dong sih ya kak min
    mas mbak pak bu belum tidak jangan masih lagi harga buka tutup jam hari besok kirim bayar barang uang beli
    jual pesan terima kasih kasih halo selamat pagi siang malam banget punya sampai lama cara nya kok nih deh
    gan hutang cicilan rumah mahal murah tidak ga gak
    nggak ngga enggak tdk belum blm kagak
""")
)
