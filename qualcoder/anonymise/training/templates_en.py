"""English sentences in the manner of interviews, with gaps for names: F given name, L surname, P patronymic,
I initials, V village, D district or oblast, O organisation, S short form, C a diminutive; K is a kin word after a name,
which is no part of it. Names are English, or Kazakh and Russian in Latin letters.
"""

from __future__ import annotations

TEMPLATES = """
{F} came yesterday
I told {F} to come
we were sitting at {F}'s house
I went to vote with {F}
everybody knows {F} here
{F} {L} won the election
{L} {F} worked as the school director
{F} {P} helped us a lot
{F} {P} {L} became the akim
I voted for {L} myself
nobody stood against {L}
{L}'s relatives helped him
{I} {L} spoke at the meeting
our akim {F} {L} is young
the former akim {L} did a good job
under {L} it was better
my name is {F}
my name is {F} {L} and I am fifty
my husband {F} works there
my son {F} studies in the city
my neighbour {F} told me so
uncle {F} also ran
aunt {F} works in the shop
{F} aga said enough
{F} agai taught at school
{F} apai opened a shop
{F} and {F} competed
{F} {L} and {F} {L} were the two candidates
there was this {F} guy
then {L} called and said no
but {F} did not agree
so {F} was the one who decided
well {F} said it himself
yes {F} that is him
{F} you know how it is
thank you {F} for coming
{F} said that we should wait
and {F} goes like no way
{F}'s brother sat on the commission
the chairman {F} {L} signed the protocol
it was {L} who decided everything
according to {L} the money was spent
{L} won by a large margin
{L} said on Monday that he would resign
I live in {V}
he came from {V}
there is no water in the village of {V}
{V} is a big village
people of {V} are unhappy
on the road to {V} you see it
{V} is the next village
we moved here from {V}
he studied in {D}
they sent a man from {D}
all the young people left for {D}
the city of {D} is far away
it is a hundred kilometres to {D}
{D} district is poor
{F} {L} is the akim of {V}
{F} was born in {V}
{L} came to {V} from {D}
he works for {O}
the party {O} nominated him
before the election everybody promises
we know ourselves how we live here
the road must be repaired there is no water
people understand everything
I voted I went to the polling station
there were two candidates and the third withdrew
The akim met the people
Honestly I did not believe it at first
Well what can we do
The budget is small and there is no money
It is right that people elect the akim
Before that the district akim appointed him
The school was repaired last year
There are many children and no work
Young people leave for the city
We keep cattle and we have a farm
What do you think about it
Yes that is true
No there was nothing like that
The winter was hard and there was not enough coal
People came and voted and left
The commission counted until morning
Observers were sitting there and said nothing
Nothing has changed since then
Everything is decided in the office
Maybe next time they will ask us
Nobody asked us about the water
{F} {K} told us to wait
then {F} {K} brought us tea
we visited {F} {K} at home
nobody argues with {F} {K}
{F} {K}'s house is over there
Mr {L} had the keys
they invited Mr {L} and Mrs {L}
Mrs {L} from the office
Mr {F} {L} and his brother {F}
Ms {L} said so too
Dr {L} examined him
my cousin {F} thinks the same
my wife {F} and my daughter {F}
his wife {F} works in {D}
I am {F} {L} from {V}
I'm {F} and I live in {V}
hi I am {F} {L}
a friend of mine {F} {L} got lost near {D}
we went with {F} {L} and {F} {L}
{F} filmed it on her phone
a boy called {F} ran in
a woman named {F} {L} called
people call her {S}
everybody calls him {S}
{S} is what they call him
{C} came with his brother {C}
{C} laughed at it
I learned English in {D}
we flew to {D} and then took a taxi to {V}
we had a meeting in {D}
she went back to {D} with {F}
from {V} to {V} it takes an hour
{V} and {V} share one doctor
the polling station in {V} was cold
there are three villages {V} {V} and {V}
my uncle farms in {V}
my father was born in {V} near {D}
{V} has no school
in {V} nobody came
the akim of {V} is {L}
deputy akim {F} {L} refused
prosecutor {L} never answered
the teacher {F} {P} counted the votes
{L} got a hundred votes and {L} got fifty
{L} and {L} both wanted it
against {F} {L} there was only {F}
{F} {L} who was the secretary cried
what {L} promised was a road
they say {F} paid for it
ask {F} or {F}
when {F} became akim the road was repaired
thanks to {L} we have gas now
Uncle told me nothing about it
Grandmother was angry and Mother too
Monday was cold and we stayed at home
Everyone at the mosque knew about it
The imam and the teacher counted together
"""
