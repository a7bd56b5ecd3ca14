//! Given names common in the United States and among its patients, of many origins: a name without a title is known by
//! them. None that is also an ordinary or a medical word.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Names that are hardly anything else.
const GIVEN: &str = "\
Aaron Abdi Abdul Abdullah Abigail Abimbola Abraham Adaeze Adam Adebayo Adela Adele Aditya Adrian Adriana Agnes Agnieszka Ahmad Ahmed Aidan Aiden Aiko \
Aisha Aiyana Ajay Akiko Akira Alan Alana Albert Alberto Aleksandr Alejandra Alejandro Aleksander Alessandro Alexa Alexander Alexandra Alexis Alfonso \
Alfred Alfredo Ali Alice Alicia Alina Alisha Alison Allan Allison Alma Alonso Alvaro Alyssa Amanda Amara Amelia Amina Amir Amira Amit Amy Ana Anahit \
Anastasia Anders Andre Andrea Andreas Andrei Andres Andrew Andrzej Angela Angelica Angelina Angelo Anika Anil Anita Anjali Ann Anna Anne Annette \
Annie Anthony Antoine Antonia Antonio Anton Anya Aoife Aram Archana Ariana Arjun Armando Arthur Arturo Arun Aryan Asha Ashley Ashok Astrid Aubrey \
Audrey Ava Ayesha Ayo Babatunde Barbara Beatrice Beatriz Becky Benedict Benjamin Bernadette Bernard Bernice Beth Bethany Betty Beverly Bianca Bill \
Billy Binh Bogdan Boris Bradley Brandon Brandy Brenda Brendan Brent Brett Brian Brianna Bridget Brigitte Bruce Bruno Bryan Brittany Caitlin \
Caleb Callum Calvin Cameron Camila Camille Carla Carlos Carmen Carol Carolina Caroline Carolyn Carrie Cassandra Catalina Catherine Cathy \
Cecilia Cedric Celeste Cesar Chandra Chantal Charlene Charles Charlie Chelsea Cheng Cheryl Chiara Chidi Chidinma Chinedu Chiamaka Chloe Chris \
Christa Christina Christine Christopher Christos Chukwuemeka Cindy Claire Clara Clarence Claude Claudia Clifford Colin Colleen Concepcion Connie \
Connor Constance Consuelo Corey Courtney Craig Cristina Curtis Cynthia Dagmar Daisy Dalia Damian Damon Dana Daniel Daniela Danielle Danny \
Daria Darius Darlene Darnell Darren Daryl David Deanna Deborah Debra DeShawn DeAndre Deshawn Deepak Deepika Delia Delores Demetrius Denise Dennis Denzel Derek Derrick Desmond \
Devin Dewayne Diana Diane Diego Dieter Dimitri Dimitrios Dina Dinesh Dmitri Dmitry Dolores Dominic Dominik Donald Donna Doreen Doris Dorothy Douglas \
Duncan Dustin Dwayne Dylan Ebony Edgar Edith Eduardo Edward Edwin Eileen Ekaterina Elaine Elena Eleanor Eli Elias Elijah Elisa Elizabeth Ella Ellen Ellie \
Eloise Elsa Elvira Emeka Emilia Emilio Emily Emma Emmanuel Emre Enrique Enzo Eric Erica Erik Erika Erin Ernest Ernesto Esmeralda Esperanza Esteban \
Esther Ethan Eugene Eva Evelyn Fabian Fadi Farah Farid Farouk Fatima Fatma Federico Felicia Felipe Fernanda Fernando Fiona Florian Folake Frances \
Francesca Francesco Francis Francisco Franz Fred Frederick Frida Gabriel Gabriela Gabrielle Galina Garrett Gary Gavin Geoffrey George Georgina \
Gerald Geraldine Gerard Gerardo German Gertrude Gianna Gilbert Gina Giovanni Giulia Giuseppe Gladys Glenda Glenn Gloria Gordon Gopal Graciela Greg Gregory \
Greta Guadalupe Guillermo Gustavo Gwen Gwendolyn Habib Hadiza Hamza Hana Hannah Hans Hari Harold Harriet Harrison Harry Haruki Harvey Hassan Hattie \
Hazel Hector Heidi Helen Helena Helga Henrietta Henry Herbert Herman Hiroshi Hoa Holly Howard Hugo Hussein Ibrahim Ida Ifeoma Ignacio Igor Ikram Ilan \
Iman Imani Imran Ines Ingrid Irene Irina Isaac Isabel Isabella Isaiah Ismail Ivan Ivana Jacob Jacqueline Jacques Jaime Jakub Jamal James Jamie \
Jan Jane Janet Janice Janine Jared Jasmin Jasmine Jason Javier Jayden Jaylen Jean Jeanette Jeffrey Jenna Jennifer Jenny Jeremiah Jeremy Jermaine Jerome \
Jerry Jerzy Jesse Jessica Jesus Jill Jim Jimmy Jin Joan Joanna Joanne Joaquin Jocelyn Joel Johan Johanna John Johnny Jonah Jonathan Jorge Jose \
Joseph Josephine Joshua Josue Joyce Juan Juana Juanita Judith Judy Julia Julian Juliana Julie Julio Justin Justine Kaitlyn Kamal Kamala Kareem \
Karen Karim Karin Karina Karl Karla Karthik Katarzyna Kate Katelyn Katherine Kathleen Kathryn Kathy Katie Katrina Kavita Kayla Keiko Keisha Keith \
Kelechi Kelly Kelsey Kendra Kenji Kenneth Kenya Kevin Khadija Khalid Kimberly Klaus Kofi Konstantin Kris Krishna Kristen Kristin Kristina Krystyna \
Kumar Kwame Kyle Kyoko Lakisha Lakshmi Lamar Larisa Larry Latisha LaToya Latoya Laura Lauren Laurie Lawrence Leah Leila Lena Leon Leonard Leonardo Leroy \
Leslie Leticia Liam Lidia Lila Lillian Linda Lindsay Lindsey Ling Linh Lisa Lloyd Logan Lois Lola Lorena Lorenzo Lori Lorraine Louis Louise Lourdes \
Luca Lucas Lucia Luciana Lucille Lucy Luigi Luis Luisa Lukas Lukasz Luz Lydia Lynn Mackenzie Madeline Madison Magdalena Mahmoud Malik \
Malcolm Mandeep Manish Manuel Manuela Marc Marcel Marcela Marcia Marco Marcos Marcus Margaret Margarita Marguerite Maria Mariana Marianne \
Maribel Marie Marilyn Marina Mario Marion Marisol Marissa Marjorie Marlene Marlon Marsha Marta Martha Martin Martina Marvin Mary Mateo Mateusz \
Matilda Matteo Matthew Mattias Maureen Maurice Mauricio Maxine Maya Mehmet Mei Melanie Melinda Melissa Melvin Mercedes Meredith Meera Michael \
Michaela Michal Michel Michele Michelle Miguel Mikhail Mila Mildred Milena Milica Milos Mina Minh Miranda Miriam Mitchell Moesha Mohamed Mohammad Mohammed \
Mohan Moira Moises Molly Mona Monica Monique Monika Moses Muhammad Mustafa Myra Myrtle Nadia Nadine Nadir Nadira Naomi Natalia Natalie Natasha Nathan \
Nathaniel Neha Nelson Ngozi Nguyen Nicholas Nicolas Nicole Nikhil Nikita Nikolai Nils Nina Noah Noel Nora Noor Norma Norman Nuria Obinna Octavio Ola Olga \
Oliver Olivia Oluwaseun Omar Omari Ophelia Orlando Oscar Osman Otis Otto Owen Pablo Paloma Pamela Paola Patricia Patrick Paul Paula Paulina Pauline \
Pavel Pedro Peggy Penelope Percy Pete Peter Petra Philip Phillip Phoebe Phyllis Pierre Pilar Piotr Polina Pooja Pradeep Pranav Preeti Preston Priscilla \
Priya Priyanka Quentin Quincy Rachel Radoslav Rafael Rahul Raj Rajesh Ralph Ramesh Ramon Ramona Randall Randy Raquel Rashid Ravi Raymond Rebecca \
Reggie Regina Reginald Renata Renee Reza Rhonda Ricardo Richard Rick Ricky Rita Robert Roberta Roberto Rocio Rodney Rodrigo Roger Rohan Roland Rolando \
Roman Ronald Ronnie Rosa Rosalie Rosalind Rosario Rosemary Roxanne Ruben Rudolf Rudy Rufus Russell Ruth Ryan Sabine Sabrina Sadie Saeed Said Sakura \
Salma Salvador Salvatore Sam Samantha Samir Samira Samuel Sana Sandra Sanjay Santiago Santosh Sara Sarah Sasha Saul Savannah Scott Sean Sebastian \
Selena Serena Sergei Sergio Seth Shanice Shannon Sharon Shaun Shawn Sheila Shelby Sheldon Shelley Sherri Sherry Shirley Shreya Siddharth Silvia \
Simon Simone Siobhan Skyler Sofia Solomon Sonia Sonya Sophia Sophie Spencer Srinivas Stacey Stacy Stanislav Stanley Stefan Stefano Stella Stephanie \
Stephen Steve Steven Stewart Stuart Sunil Sunita Suresh Susan Susana Susanna Suzanne Svetlana Sven Sylvia Tabitha Tadesse Takashi Tamara Tamika Tammy \
Tanisha Tanya Tariq Tatiana Tatyana Teodoro Terence Teresa Terrance Terrence Thaddeus Thandiwe Theodora Theodore Theresa Therese Thi Thomas Thuy \
Tiffany Timothy Tina Tobias Tom Tomasz Tommy Tonya Tova Tracey Tracy Travis Trevor Trinh Tyler Tyrone Umar Uma Ursula Usha Valentina Valeria Valerie \
Vanessa Vera Vernon Veronica Vicente Vicki Victor Victoria Vijay Vikram Vinay Vincent Viktor Vivian Viviana Vladimir Waleed Walter Wanda Warren Wayne \
Wendell Wendy Wesley Whitney Wilbur Wilfred William Willie Wilma Winifred Wojciech Xavier Ximena Yael Yan Yelena Yevgenia Hyun Jung Jiho Minjun Soo Olufemi Folasade Kwabena Afia Akosua Amadou Aminata Fatou Moussa Oumar Yaw Yoon Yasmin Yasmine Yesenia Yolanda Yosef Youssef Yuki \
Yuri Yusuf Yvette Yvonne Zachary Zahra Zainab Zeynep Zofia Zoe Zoya";

/// Names that are words or places as well: only before a last name.
const DOUBTFUL: &str = "\
Ali Angel April Amber Art Ashton Austin Bell Blake Bob Bobby Brad Brooke Carl Carlo Casey Chad Chance Charlotte Chase Chester Christian Clark Clay Clyde Cody Cole \
Crystal Dale Dan Dave Dawn Dean Della Devon Don Drew Earl Ed Eden Elsie Ellis Elmer Emery Eve Ezra Faith Felix Florence Floyd Frank Gail Gene Georgia Ginger Grace Grant \
Graham Gus Guy Hope Hugh Hunter Ian Iris Ivy Jack Jackson Jade Jake Jay Jeff Jewel Jo Joe Jordan Joy Jude June Ken Kim Kurt Lance Lee Leo Lily Mae Mark Max May Miles \
Morgan Myles Nancy Neil Nick Norma Olive Opal Paige Pat Pearl Peggy Penny Pierce Ray Reed Rex Rich Rob Robin Rocky Ron Rose Ross Roy Ruby Rusty Said \
Sandy Skip Summer Sydney Tara Ted Terry Tim Todd Tony Troy Victor Viola Violet Virginia Wade Ward Will Wilson";

static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| GIVEN.split_whitespace().collect());
static BEFORE_A_NAME: LazyLock<HashSet<&'static str>> = LazyLock::new(|| DOUBTFUL.split_whitespace().collect());

/// The word without accents, as the lists have it.
fn plain(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            'Á' => 'A',
            'É' => 'E',
            'Í' => 'I',
            'Ó' | 'Ö' => 'O',
            'Ł' => 'L',
            other => other,
        })
        .collect()
}

fn holds(list: &HashSet<&'static str>, word: &str) -> bool {
    list.contains(word) || (!word.is_ascii() && list.contains(plain(word).as_str()))
}

/// Whether a word is a given name and hardly anything else.
pub(super) fn is_given(word: &str) -> bool {
    holds(&NAMES, word) && !holds(&BEFORE_A_NAME, word)
}

/// Whether a word can be a given name before a last one.
pub(super) fn may_be_given(word: &str) -> bool {
    holds(&NAMES, word) || holds(&BEFORE_A_NAME, word)
}
