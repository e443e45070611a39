"""Indonesian sentences as many different people would type them, and what each means.

A shopkeeper, a mechanic, a bookkeeper, a teenager, a mother, a dentist, a learner. Behind the arrow stands the command
with its arguments, `-` and the reason why nothing is booked, or nothing where it is no matter of the book. Today is
Wednesday, 12 March 2025.
"""

_TABLE = """
budi kemaren sore minjem 500rb => lend name=Budi; amount=500000; on=2025-03-11
mpok ani ngutang beras 2 karung 340rb => lend name=Mpok Ani; amount=340000; note=beras karung
budi nambah utang 150rb lagi => lend name=Budi; amount=150000
pak joko udah lunasin semua => paid name=Pak Joko; all=True
utang mpok ani berapa ya sekarang? => status name=Mpok Ani
siapa aja yang belom bayar nih => status
gue ngutang ke toko sumber rejeki 750rb => owe name=Toko Sumber Rejeki; amount=750000
gue udah bayar toko sumber rejeki 500rb tadi => paid name=Toko Sumber Rejeki; amount=500000
tadi dedi ngebon rokok sama kopi 45rb => lend name=Dedi; amount=45000; note=rokok kopi
budi janji mau bayar 500rb besok => -future
kata istrinya budi udah bayar 300rb => -future
kalo dedi bayar 1jt nanti kabarin gue ya => -conditional
jangan catet dulu yang 200 punya budi => -negation
tolong ingetin mpok ani dong bayar utangnya => remind name=Mpok Ani
eh salah, yang tadi 250rb bukan 200 => -negation
undo aja yang barusan => undo
bon warung bu RT 85 ribu belum dibayar => status name=warung bu RT
budi pinjem lagi 1,5jt buat bayar kontrakan, balikinnya abis lebaran
    => lend name=Budi; amount=1500000; note=bayar kontrakan, balikinnya abis lebaran
mpok ani bayar 200rb, sisanya minggu depan => paid name=Mpok Ani; amount=200000
pak joko belum bayar sama sekali => status name=Pak Joko
cak slamet nyilih 300 ewu => lend name=Cak Slamet; amount=300000
mas yanto wis mbayar 500rb mau isuk => paid name=Mas Yanto; amount=500000
cak slamet sampun bayar 200rb => paid name=Cak Slamet; amount=200000
bu lastri durung mbayar => status name=Bu Lastri
utange mas yanto piro? => status name=Mas Yanto
mas yanto ganti oli belum bayar, 85rb => status name=Mas Yanto
aku utang nang bengkel jaya 400 ribu => owe name=Bengkel Jaya; amount=400000
mas yanto titip bayaran 250rb lewat anaknya => paid name=Mas Yanto; amount=250000
sesuk mas yanto arep mbayar 1 juta => -future
servis motor pak haji 350rb, bayarnya minggu depan => -future
cicilan cak slamet 100rb masuk => paid name=Cak Slamet; amount=100000
Pada tanggal 10 Maret Bapak Hendra Wijaya meminjam uang sebesar Rp 2.500.000,- dengan jatuh tempo 10 April 2025.
    => lend name=Bapak Hendra Wijaya; amount=2500000; due=2025-04-10; on=2025-03-10
PT Karya Abadi telah melakukan pembayaran sebesar Rp5.000.000 pada hari ini.
    => paid name=PT Karya Abadi; amount=5000000
Mohon dicatat: pembayaran kepada CV Mitra Usaha sejumlah Rp 3.000.000 telah dilaksanakan.
    => paid name=CV Mitra Usaha; amount=3000000
Kami menerima angsuran dari Bapak Hendra Wijaya sebesar satu juta rupiah.
    => paid name=Bapak Hendra Wijaya; amount=1000000
Mohon informasi sisa piutang PT Karya Abadi. => status name=PT Karya Abadi
Mohon kirimkan pengingat kepada Bapak Hendra Wijaya. => remind name=Bapak Hendra Wijaya
Harap ubah jatuh tempo PT Karya Abadi menjadi 30 April 2025. => due name=PT Karya Abadi; due=2025-04-30
Perusahaan berutang kepada CV Mitra Usaha senilai Rp 1.750.000. => -unclear
Apakah Bapak Hendra Wijaya sudah melunasi pinjamannya? => status name=Bapak Hendra Wijaya
Tampilkan riwayat transaksi PT Karya Abadi => history name=PT Karya Abadi
Nomor telepon Bapak Hendra Wijaya adalah 0812-3456-7890. => contact name=Bapak Hendra Wijaya; number=+6281234567890
raka pnjm 50k => lend name=Raka; amount=50000
dinda udh byr 25k bro => paid name=Dinda; amount=25000
gw utang kevin 75k => owe name=Kevin; amount=75000
fajar tf 100k td => paid name=Fajar; amount=100000
td siang gw talangin dinda makan 35k => lend name=Dinda; amount=35000
nalangin raka 50rb => lend name=Raka; amount=50000
ditalangin kevin 40k => owe name=Kevin; amount=40000
fajar blm bayar jg wkwk => -negation
raka janji byr gajian => -future
spa aja yg ngutang ke gw => status
brp sih utang gw ke kevin => status name=Kevin
dinda lunas yaa => paid name=Dinda; all=True
si fajar minjem 200k katanya buat kado ceweknya => lend name=Fajar; amount=200000; note=kado ceweknya
kevin minjemin gw 100k => owe name=Kevin; amount=100000
saya pinjam Bu Siti 2jt => owe name=Bu Siti; amount=2000000
bu wati pinjam uang saya 150 ribu utk beli obat => lend name=Bu Wati; amount=150000; note=beli obat
mama rara sdh bayar 100rb, belum lunas ya bu => paid name=Mama Rara; amount=100000
td bu haji pinjamin saya 500rb buat bayar spp => owe name=Bu Haji; amount=500000; note=bayar spp
bu wati katanya mau pinjam 1 juta, gimana ya? => status name=Bu Wati
arisan bu siti 200rb sudah diterima => paid name=Bu Siti; amount=200000
uang bu wati yang dikembalikan 300rb => paid name=Bu Wati; amount=300000
bu siti bayar setengahnya => paid name=Bu Siti
utang bu siti jadi berapa bu total? => status name=Bu Siti
bu wati minta mundur bayarnya jadi tanggal 25 => -future
ya ampun lupa, kemarin mama rara udah bayar 50rb => paid name=Mama Rara; amount=50000; on=2025-03-11
andi udah pay back 100k => paid name=Andi; amount=100000
lina borrow 50k buat lunch => lend name=Lina; amount=50000; note=lunch
I owe Pak Rudi 200rb => owe name=Pak Rudi; amount=200000
Andi transfer 50rb barusan => paid name=Andi; amount=50000
setoran Lina 100rb => paid name=Lina; amount=100000
rohim barusan ngambil mie sedus 115rb bayar belakangan => lend name=Rohim; amount=115000; note=mie sedus
td siang bu endang ngebon sembako 230 ribu => lend name=Bu Endang; amount=230000; note=sembako
bang jali udah setor 50rb => paid name=Bang Jali; amount=50000
susi ngambil dulu telor 2 kilo 56rb => lend name=Susi; amount=56000; note=telor kilo
agen gas makmur ngirim gas 10 tabung, gue belom bayar 220rb => status name=Agen Gas Makmur
gua bayarin agen gas makmur 500rb => -unclear
kemaren lusa rohim balikin 150rb => paid name=Rohim; amount=150000; on=2025-03-10
bu endang cicil 100 ribu tiap minggu => -future
bu endang nyicil 100 ribu => paid name=Bu Endang; amount=100000
jali yang minjem bukan rohim => -negation
berapa total piutang gue => status
rohim ada utang berapa => status name=Rohim
minjem rohim 500rb => -unclear
kasih utang susi 100rb => lend name=Susi; amount=100000
gue kasih pinjem pak lurah 2 juta sampe tanggal 1 => lend name=Pak Lurah; amount=2000000; due=2025-04-01
susi baru bayar separo => paid name=Susi
siapa yang utangnya paling gede => status
bang jali masih ngutang 300 => status name=Bang Jali
besok jangan lupa tagih bang jali => -negation
tagih bang jali sekarang => remind name=Bang Jali
total utang bu endang jadi berapa sih => status name=Bu Endang
harusnya rohim bayar 200rb hari ini => -future
rohim bayar 200rb hari ini => paid name=Rohim; amount=200000
cak mat mbayar utange 200rb => paid name=Cak Mat; amount=200000
ning ayu nyilih duit 150rb kanggo tuku beras => lend name=Ning Ayu; amount=150000; note=tuku beras
pak bambang ngutang ban 2 biji 480rb, dibayar akhir bulan
    => lend name=Pak Bambang; amount=480000; due=2025-03-31; note=biji
aku nyilih cak mat 100rb => owe name=Cak Mat; amount=100000
tak silihi ning ayu 50rb => lend name=Ning Ayu; amount=50000
aku mbayar toko onderdil murah 700rb => paid name=Toko Onderdil Murah; amount=700000
cak mat utange wis lunas => paid name=Cak Mat; all=True
pak bambang sampun lunas dereng? => status name=Pak Bambang
cak mat janji sesuk lunas => -future
wingi ning ayu nyaur 75rb => paid name=Ning Ayu; amount=75000; on=2025-03-11
Telah diterima dari Ibu Ratna Sari uang sejumlah Rp 1.500.000 sebagai pembayaran angsuran ke-2.
    => paid name=Ibu Ratna Sari; amount=1500000
Dengan ini dicatat pinjaman kepada UD Sejahtera sebesar Rp 3.000.000, jatuh tempo 30 Juni 2025.
    => lend name=UD Sejahtera; amount=3000000; due=2025-06-30
Pelunasan sebagian utang kepada PT Sinar Baja: Rp 5.000.000. => paid name=PT Sinar Baja; amount=5000000
UD Sejahtera mengajukan pinjaman sebesar Rp 5.000.000. => -future
Berapa saldo piutang Ibu Ratna Sari per hari ini? => status name=Ibu Ratna Sari
Pembayaran Ibu Ratna Sari sebesar Rp 500.000 belum kami terima. => status name=Ibu Ratna Sari
Jatuh tempo UD Sejahtera diperpanjang sampai dengan 31 Juli 2025. => due name=UD Sejahtera; due=2025-07-31
Mohon dibatalkan transaksi terakhir. => undo
Bapak Agus Salim menerima pinjaman tunai sebesar Rp 4.000.000 tertanggal 11 Maret 2025.
    => lend name=Bapak Agus Salim; amount=4000000; on=2025-03-11
Kami telah melunasi seluruh utang kepada PT Sinar Baja. => paid name=PT Sinar Baja; all=True
Mohon daftar debitur yang telah lewat jatuh tempo. => status
bagas ngutang goceng => lend name=Bagas; amount=5000
nadia balikin ceban => paid name=Nadia; amount=10000
tio pinjem 20k lg bwt kuota => lend name=Tio; amount=20000; note=kuota
gw pinjem reza 30k => owe name=Reza; amount=30000
reza gw byr 20k => paid name=Reza; amount=20000
bagas tf via dana 45k => paid name=Bagas; amount=45000
tio kapan mau bayar sih => -question
bsk tio bayar 50k ktnya => -future
gmn cara nyatet utang? => status
klo bagas byr 100k sisa brp? => -conditional
cancel yg tadi => undo
reza minta duit gw 50k => -future
bayarin makan bagas 28k => -unclear
tante mira titip bayar utang 200rb tadi pagi => paid name=Tante Mira; amount=200000
mbak sri baru bisa bayar 50rb ya, sisanya nyusul => paid name=Mbak Sri; amount=50000
saya setor ke koperasi rw 250rb => paid name=Koperasi Rw; amount=250000
tadi saya meminjamkan uang ke bu rt 300rb => lend name=Bu Rt; amount=300000
bu yuli mau pinjam lagi 500rb tapi belum saya kasih => -negation
mbak sri bilang sudah transfer 100rb tapi belum masuk => -negation
uang kas 50rb dipinjam tante mira => lend name=Tante Mira; amount=50000
sudah dikembalikan bu yuli 100rb => paid name=Bu Yuli; amount=100000
anak saya minta jajan 20rb => -future
catat ya, bu yuli utang 75 ribu buat gas => lend name=Bu Yuli; amount=75000; note=gas
mbak sri jangan ditagih dulu ya kasian => -negation
tante mira bayarnya diundur sampai gajian => -future
bu yuli sudah lunas alhamdulillah => paid name=Bu Yuli; all=True
berapa lagi sisa utang tante mira => status name=Tante Mira
hari ini saya bayar bu yuli 30rb utang kemarin => paid name=Bu Yuli; amount=30000
nomor hp mbak sri 081234567890 => contact name=Mbak Sri; number=+6281234567890
Hendri just paid 150rb ya => paid name=Hendri; amount=150000
tasya lent 100k from me => -unclear
remind tasya dong => remind name=Tasya
ko afung: bayar 1jt kemarin => paid name=Ko Afung; amount=1000000; on=2025-03-11
hendri payment 50k received => paid name=Hendri; amount=50000
due date hendri pindah ke 20 maret => due name=Hendri; due=2025-03-20
update hutang hendri dong => status name=Hendri
bang udin numpang bon dulu 60rb kopi sama gorengan => lend name=Bang Udin; amount=60000; note=kopi gorengan
semalem bu nur minjem 250rb => lend name=Bu Nur; amount=250000; on=2025-03-11
abis magrib mang asep nyetor 80rb => paid name=Mang Asep; amount=80000
yanti ngelunasin utangnya => paid name=Yanti; all=True
pak haji romli minjemin gue sejuta => owe name=Pak Haji Romli; amount=1000000
gue nyicil ke pak haji romli 500rb => paid name=Pak Haji Romli; amount=500000
bang udin bayar 100rb, tapi ngebon lagi 30rb => -unclear
utang mang asep tinggal berapa emang => status name=Mang Asep
bu nur bayar kontan 120rb => paid name=Bu Nur; amount=120000
si yanti katanya besok mau lunasin => -future
tadi udah gue kasih pinjeman ke bang udin 300rb tempo 2 minggu => lend name=Bang Udin; amount=300000; due=2025-03-26
keliru, harusnya 400rb => -future
batalin yang terakhir => undo
bu nur belon bayar yang minggu lalu 250rb => status name=Bu Nur
gue mau minjem pak haji romli 1jt lagi => -future
lebaran nanti bu nur mau lunasin => -future
mang asep kurang bayar 20rb => status name=Mang Asep
bayar lunas yanti => paid name=Yanti; all=True
mbah karto nyicil 50 ewu dina iki => paid name=Mbah Karto; amount=50000
aku wis nyaur koh liem sakyuta => paid name=Koh Liem; amount=1000000
aku sampun bayar koh liem 600rb => paid name=Koh Liem; amount=600000
lek min minjam lagi 2 1/2 juta => lend name=Lek Min; amount=2500000
pak eko tadi mbayar 5 ratus ribu => paid name=Pak Eko; amount=500000
utangku nang koh liem piro saiki => status name=Koh Liem
tukang las ngutang 500 rebu => lend name=Tukang Las; amount=500000
aku nyilihi lek min 75rb => lend name=Lek Min; amount=75000
Saudara Dimas Prakoso telah mengangsur sebesar Rp 750.000,00. => paid name=Saudara Dimas Prakoso; amount=750000
Pencairan pinjaman Koperasi Melati Rp 10.000.000 tenor 6 bulan.
    => lend name=Koperasi Melati; amount=10000000; due=2025-09-12
Pembayaran diterima: Koperasi Melati, Rp 2.000.000, 11/03/2025.
    => paid name=Koperasi Melati; amount=2000000; on=2025-03-11
Jangan kirim pengingat ke Saudara Dimas Prakoso. => -negation
Rencana pembayaran ke PT Aneka Kimia Rp 5.000.000 tanggal 20 Maret. => -future
Sisa kewajiban kami kepada PT Aneka Kimia berapa? => status name=PT Aneka Kimia
Piutang Saudara Dimas Prakoso dihapusbukukan. => status name=Saudara Dimas Prakoso
Transfer ke PT Aneka Kimia sebesar 2,5 juta sudah dilakukan kemarin.
    => paid name=PT Aneka Kimia; amount=2500000; on=2025-03-11
Ibu Lestari memperoleh pinjaman Rp 1.000.000 dengan tempo tiga bulan.
    => lend name=Ibu Lestari; amount=1000000; due=2025-06-12
Koreksi: nominal seharusnya Rp 1.100.000. => -future
Jika sampai 20 Maret belum dibayar, kirim pengingat ke Koperasi Melati. => -conditional
gilang mnjm 30rb td => lend name=Gilang; amount=30000
caca dah balikin duit gw 20k => paid name=Caca; amount=20000
bimo nalangin gw 45k => owe name=Bimo; amount=45000
gw bayarin vano nonton 50k => -unclear
vano lunasss => paid name=Vano; all=True
caca brp utangnya => status name=Caca
utang gilang 50k lunas => paid name=Gilang; amount=50000
bimo minta balikin 20k => -future
udah gw balikin bimo 20k => paid name=Bimo; amount=20000
gilang bayar 1/2 => -future
vano bohong, dia blm byr => -negation
vano bayarr 25k => paid name=Vano; amount=25000
pinjemin gw dong 50k => -future
list utang => status
caca nyicil 2x 10k => -unclear
bu tuti tadi ke rumah bayar 150rb => paid name=Bu Tuti; amount=150000
dek rini belum bisa bayar bulan ini, minta waktu => -negation
pak darmo pinjam uang lagi seratus lima puluh ribu untuk anaknya sekolah
    => lend name=Pak Darmo; amount=150000; note=anaknya sekolah
budhe ning pinjamkan saya 200rb => owe name=Budhe Ning; amount=200000
saya sudah kembalikan uang budhe ning 100rb => paid name=Budhe Ning; amount=100000
semoga pak darmo cepat bayar ya => -future
saya lupa bu tuti sudah bayar belum ya => status name=Bu Tuti
saya kira pak darmo sudah bayar 200rb, ternyata belum => -question
pak darmo minta tempo sampai tgl 30 => -future
kasih tau pak darmo utangnya jatuh tempo => status name=Pak Darmo
bu tuti sama pak darmo bayar 100rb => -unclear
ini nomer wa nya dek rini 0857 1234 5678 => contact name=Dek Rini; number=+6285712345678
pinjaman bu tuti 200rb kemarin => lend name=Bu Tuti; amount=200000; on=2025-03-11
kemarin siang bu imah ambil gula 2 kilo 34rb bayarnya nanti
    => lend name=Bu Imah; amount=34000; on=2025-03-11; note=gula kilo
pak tarno nyetor lima puluh ribu => paid name=Pak Tarno; amount=50000
tadi malem wawan balikin duit 75rb => paid name=Wawan; amount=75000; on=2025-03-11
gw ada utang baru ke haji dul 400rb => owe name=Haji Dul; amount=400000
pak tarno ngasih 300rb buat nyicil utang => paid name=Pak Tarno; amount=300000; note=nyicil utang
wawan masih kurang 40rb => -negation
bu imah minta dicatet utang 20rb => -future
eh utang bu imah berapa dah sekarang => status name=Bu Imah
jadi total yang harus gue bayar ke haji dul berapa => status name=Haji Dul
haji dul udah gue lunasin setengah => paid name=Haji Dul
sabtu depan pak tarno mau bayar 1jt => -future
wawan gak jadi minjem => -negation
tolong bilangin wawan suruh bayar => remind name=Wawan
bu rt pinjam buat bayar listrik 220rb => lend name=Bu Rt; amount=220000; note=bayar listrik
mama dito nitip bayar cicilan 100rb => paid name=Mama Dito; amount=100000
saya sudah mengembalikan uang kak rosa sebesar 300 ribu => paid name=Kak Rosa; amount=300000
apa pak ustad sudah bayar yang 200? => status name=Pak Ustad
pak ustad tidak usah ditagih ya => -negation
mama dito bayar 50 ribu tadi sore => paid name=Mama Dito; amount=50000
ibu sebelah mau hutang beras lagi => -future
bu rt bayarnya minta dicicil 3 kali => -future
kalau mama dito sudah bayar beri tahu saya => -conditional
tadi saya bohong mama dito belum bayar 50 ribu => -negation
bu rt lunas semua ya => paid name=Bu Rt; all=True
catat hutang saya ke kak rosa 100rb => owe name=Kak Rosa; amount=100000
Per hari ini CV Cahaya Timur telah melunasi sebagian hutangnya sebesar Rp 2.000.000.
    => paid name=CV Cahaya Timur; amount=2000000
Kami meminjamkan dana sebesar Rp 1.500.000 kepada Bapak Suryadi selama 60 hari.
    => lend name=Bapak Suryadi; amount=1500000; due=2025-05-11
Bapak Suryadi menyampaikan akan membayar Rp 500.000 pada tanggal 20. => -future
Pembayaran utang kepada PT Gemilang sebesar Rp 4.000.000 telah kami lakukan kemarin.
    => paid name=PT Gemilang; amount=4000000; on=2025-03-11
Berapakah total hutang kami kepada PT Gemilang? => status name=PT Gemilang
Mohon tagih CV Cahaya Timur. => remind name=CV Cahaya Timur
Bapak Suryadi belum melakukan pembayaran. => status name=Bapak Suryadi
Perpanjang jatuh tempo Bapak Suryadi hingga 15 Juni 2025. => due name=Bapak Suryadi; due=2025-06-15
"""

SENTENCES: tuple[tuple[str, str], ...] = tuple(
    (text.strip(), meaning.strip())
    for text, _arrow, meaning in (row.partition("=>") for row in _TABLE.replace("\n    ", " ").strip().splitlines())
)
