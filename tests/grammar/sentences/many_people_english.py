"""English sentences as many different people would type them, and what each means.

A shopkeeper, a mechanic, a bookkeeper, a teenager, a mother, a dentist, a learner. Behind the arrow stands the command
with its arguments, `-` and the reason why nothing is booked, or nothing where it is no matter of the book. Today is
Wednesday, 12 March 2025.
"""

_TABLE = """
Mrs Patel settled £150 of her bill this morning => paid name=Mrs Patel; amount=150
Oliver still owes forty quid for the whitening => status name=Oliver
I've paid Dental Supplies Ltd 600 by bank transfer => paid name=Dental Supplies Ltd; amount=600
Gemma popped in and paid the lot => paid name=Gemma; all=True
How much does Mrs Patel owe me at the moment? => status name=Mrs Patel
Could you send Oliver a gentle reminder, please? => remind name=Oliver
Lent my receptionist Chloe a tenner until payday => lend name=my receptionist Chloe; amount=10
Mr Hughes owes £85 for a filling, due in a fortnight
    => lend name=Mr Hughes; amount=85; due=2025-03-26; note=a filling
Has Oliver paid yet? => status name=Oliver
Mrs Patel reckons she's already paid the 250 => -unclear
If Gemma doesn't pay by Friday I'll write it off => -conditional
Push Oliver's due date back to the end of next week => due name=Oliver; due=2025-03-23
Sorry, that should have been 160 => -future
spotted Tom 20 => lend name=Tom; amount=20
fronted Jenny Lee 45 bucks for gas => lend name=Jenny Lee; amount=45; note=gas
got paid back 30 by Tom => paid name=Tom; amount=30
Tom still owes 40 => status name=Tom
Bubba Venmo'd me 60 yesterday => paid name=Bubba; amount=60; on=2025-03-11
wired Miller Feed 400 this morning => paid name=Miller Feed; amount=400
he paid 20 => paid amount=20
put Bubba down for 35 worth of fence wire => lend name=Bubba; amount=35; note=fence wire
y'all owe me nothing => -question
Jenny Lee ain't paid me a dime => status name=Jenny Lee
what's Bubba's tab at? => status name=Bubba
Jenny Lee says she'll pay 100 on the 1st => -future
I owe Miller Feed another 250 by the 1st => owe name=Miller Feed; amount=250; due=2025-04-01
Tom chipped in 25 => paid name=Tom; amount=25
IOU from Jenny Lee for 75 => lend name=Jenny Lee; amount=75
yesterday Maria she pay me 50 dollar => paid name=Maria; amount=50; on=2025-03-11
Mr Chen borrow from me 200 dollars => lend name=Mr Chen; amount=200
I borrow 80 from Ahmed => owe name=Ahmed; amount=80
I have payed Ahmed 100 => paid name=Ahmed; amount=100
Sofia not pay yet => status name=Sofia
how much money Sofia must pay me? => status name=Sofia
please to remind Maria about the debt => remind name=Maria
Maria will pay me 20 tomorrow => -future
I give loan to Ivan 500 for one month => lend name=Ivan; amount=500; due=2025-04-12
Sofia gave back me 40 => paid name=Sofia; amount=40
Mr Chen return 300 dollars today => paid name=Mr Chen; amount=300
show me what happened with Mr Chen => status name=Mr Chen
Mr Okafor has paid £120 on account => paid name=Mr Okafor; amount=120
Please add £45 to James's balance for the hygienist => lend name=James; amount=45; note=the hygienist
Lab Direct have been paid in full => paid name=Lab Direct; all=True
I was lent 200 by my sister Anna => owe name=my sister Anna; amount=200
Anna lent me 50 quid until the end of the month => owe name=Anna; amount=50; due=2025-03-31
James is short by 20 => status name=James
Did Harriet pay the 200 yesterday? => status name=Harriet
Harriet was supposed to pay 100 today => -future
James hasn't got round to paying me => status name=James
Who's overdue? => status late=True
James asked to borrow 100 => -future
I'm thinking of lending James 100 => -future
Mr Okafor would like to pay on the 28th instead => -future
Move Mr Okafor to 28 March => due name=Mr Okafor; due=2025-03-28
Oh, and James paid 10 => paid name=James; amount=10
Hank owes me fifty bucks for the tires => lend name=Hank; amount=50; note=the tires
Darlene squared up => paid name=Darlene; all=True
sent Lone Star Supply 300 via Zelle => paid name=Lone Star Supply; amount=300
Hank cashapped me 75 last night => paid name=Hank; amount=75; on=2025-03-11
loaned Cody a hundred till friday => lend name=Cody; amount=100; due=2025-03-14
Hank and Cody each borrowed 50 => -unclear
reckon Hank's gonna pay me tomorrow => -future
cody bought 32.50 on credit => lend name=Cody; amount=32.50
I covered Darlene's lunch, 18 bucks => lend name=Darlene; amount=18
Cody covered my lunch 18 => owe name=Cody; amount=18
forget about what Cody owes => status name=Cody
got a check from Hank for 125 => paid name=Hank; amount=125
Hank's check for 125 bounced =>
Yuki paid to me 20 dollars => paid name=Yuki; amount=20
I gave back to Carlos 100 => paid name=Carlos; amount=100
Ali take 30 dollar from me, return next week => lend name=Ali; amount=30; due=2025-03-19
Mrs Park did not give me money => status name=Mrs Park
Carlos gave me loan 200 => owe name=Carlos; amount=200
I lend to Ali 15 => lend name=Ali; amount=15
delete last => undo
Ali already finish paying => -future
my friend Omar need 100, I give tomorrow => -future
Omar borrowed hundred dollars from me => lend name=Omar; amount=100
I am owing Carlos 40 => owe name=Carlos; amount=40
Nigel's paid off his balance => paid name=Nigel; all=True
Received £75 from Miss Cartwright by card => paid name=Miss Cartwright; amount=75
Miss Cartwright has had a crown fitted, £450 to pay by the end of April => -future
Just transferred 350 to Henry Schein => paid name=Henry Schein; amount=350
We now owe Henry Schein a further £220 => owe name=Henry Schein; amount=220
Aisha promised me 30 by Friday => -future
When is Nigel due to pay? => history name=Nigel
Don't remind Nigel yet => -negation
Aisha's paid half => paid name=Aisha
Was it Nigel who paid 50? => status name=Nigel
Nigel forgot to pay the 50 => status name=Nigel
lent Aisha £25, back by the 20th => lend name=Aisha; amount=25; due=2025-03-20
Let Aisha have until 4 April => due name=Aisha; due=2025-04-04
Aisha will owe me 200 after the treatment => -conditional
I believe Nigel owes me 60 => -future
Undo that please => undo
Earl still ain't paid that 100 => status name=Earl
Earl wants to borrow 200 => -future
gonna lend Earl 200 => -future
went ahead and loaned Earl 200 for his truck => lend name=Earl; amount=200; note=his truck
Wanda paid 2 weeks ago 40 => paid name=Wanda; amount=40; on=2025-02-26
Junior settled his tab today, 90 even => paid name=Junior; amount=90; note=even
Earl paid me in full => paid name=Earl; all=True
What do folks owe me all together? => status
Earl's tab went up 25 => -unclear
add another 30 to Earl's tab => lend name=Earl; amount=30
Earl's cell is 214-555-0142 => contact name=Earl; number=+12145550142
bump Wanda's due date to eod friday => due name=Wanda; due=2025-03-14
Priya has borrow 60 dollar for buy book => lend name=Priya; amount=60; note=buy book
Mr Tanaka already pay 200 => paid name=Mr Tanaka; amount=200
I must pay Elena 50 next monday => -future
Bruno he don't want pay => -negation
How many money Bruno owe? => status name=Bruno
I have debt to Elena 70 dollars => owe name=Elena; amount=70
yesterday I lend 35 to Priya => lend name=Priya; amount=35; on=2025-03-11
Elena received 80 from me => paid name=Elena; amount=80
Priya say she will pay all on Friday => -future
it is possible Bruno pay 20? => -question
pay from Bruno 20 => paid name=Bruno; amount=20
Mr Singh paid £200, the rest to follow next month => paid name=Mr Singh; amount=200
Fiona borrowed fifty pounds till payday => lend name=Fiona; amount=50
I've settled the Acme Dental invoice, £500 => -unclear
Fiona says the 50 is already paid => -future
Could you tell me what Mr Singh owes? => status name=Mr Singh
Mr Singh won't be able to pay until June => -unclear
Fiona paid me back a tenner yesterday => paid name=Fiona; amount=10; on=2025-03-11
lent Geoff 30 quid, he'll give it back on Friday => lend name=Geoff; amount=30; due=2025-03-14
Acme Dental lent us a chair worth 900 => -unclear
Mr Singh's cheque for 100 hasn't cleared => status name=Mr Singh
please chase Mr Singh for his balance => remind name=Mr Singh
Fiona hasn't paid a penny since January => -negation
write Fiona's debt off please => write_off name=Fiona
should I give Geoff more time? => -question
lemme borrow Carla 40 => -unclear
I let Carla borrow 40 => lend name=Carla; amount=40
Carla's husband paid 60 for her => -unclear
Dwayne tried to pay 50 but the card declined => -future
First Lumber got their 300 from me => paid name=First Lumber; amount=300
Dwayne owes 25 more => lend name=Dwayne; amount=25
who's behind on payments => status late=True
Carla paid twice 20 => -unclear
took a 500 loan from my uncle Ray => owe name=my uncle Ray; amount=500
Dwayne paid me nothing => status name=Dwayne
Carla wants to know her balance => -future
Nadia she borrowed from me 30 dollars for two week => lend name=Nadia; amount=30; due=2025-03-26
I already pay Ibrahim 50 dollars => paid name=Ibrahim; amount=50
Mr Lopez want borrow 200 more => -future
Nadia tell me she pay tomorrow 20 => -future
write please Mr Lopez borrow 60 => lend name=Mr Lopez; amount=60
how many Mr Lopez is owing me? => status name=Mr Lopez
"""

SENTENCES: tuple[tuple[str, str], ...] = tuple(
    (text.strip(), meaning.strip())
    for text, _arrow, meaning in (row.partition("=>") for row in _TABLE.replace("\n    ", " ").strip().splitlines())
)
